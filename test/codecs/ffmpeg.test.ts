import { expect, test } from "vitest";
import { importFfmpeg } from "../../src/codecs/ffmpeg.ts";

test("a machine without the native library is told what to install", async () => {
  const cause = new Error("Could not load the node-av native binding");
  await expect(importFfmpeg(() => Promise.reject(cause))).rejects.toMatchObject({
    code: "codec_failed",
    message: expect.stringContaining("install again on this machine, without --omit=optional"),
    cause,
  });
});
