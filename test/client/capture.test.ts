import { expect, it } from "vitest";
import { capture, relaxConstraints } from "../../src/client/capture.ts";

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

it("turns every demand into a wish, and leaves wishes as they are", () => {
  expect(
    relaxConstraints({
      width: { exact: 640 },
      height: 480,
      frameRate: { min: 30 },
      aspectRatio: { max: 2, ideal: 1.5 },
      facingMode: ["user", "left"],
      deviceId: { exact: ["a", "b"] },
      sampleRate: {},
      advanced: [{ width: 1920 }],
    }),
  ).toEqual({
    width: { ideal: 640 },
    height: 480,
    frameRate: { ideal: 30 },
    aspectRatio: { ideal: 1.5 },
    facingMode: ["user", "left"],
    deviceId: { ideal: ["a", "b"] },
    sampleRate: {},
  });
});
