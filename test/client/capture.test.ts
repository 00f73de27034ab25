import { expect, it } from "vitest";
import { capture } from "../../src/client/capture.ts";

it.each([
  ["NotAllowedError", "permission_denied"],
  ["SecurityError", "permission_denied"],
  ["NotFoundError", "no_device"],
  ["NotReadableError", "device_busy"],
  ["AbortError", "device_busy"],
  ["OverconstrainedError", "overconstrained"],
  ["TypeError", "browser_failed"],
])("%s becomes %s", async (name, code) => {
  const getUserMedia = (): Promise<MediaStream> => Promise.reject(Object.assign(new Error("no"), { name }));
  await expect(capture({ video: true }, { getUserMedia })).rejects.toMatchObject({ code });
});

it("names the constraint that cannot be met", async () => {
  const error = Object.assign(new Error("no"), { name: "OverconstrainedError", constraint: "frameRate" });
  await expect(capture({ video: true }, { getUserMedia: () => Promise.reject(error) })).rejects.toMatchObject({
    constraint: "frameRate",
    cause: error,
  });
});

it("says what is the matter where the browser hides its devices", async () => {
  await expect(capture({ audio: true }, undefined)).rejects.toMatchObject({ code: "insecure_context" });
});
