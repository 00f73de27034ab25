import { expect, it } from "vitest";
import { ClientError } from "../../src/client/index.ts";
import { describeDemands, describeError, deviceProblem } from "../../web/src/problem.ts";

const FLIP = {
  width: { exact: 640 },
  height: { exact: 480 },
  frameRate: { min: 30 },
  facingMode: { ideal: "user" },
};

it("says which demand a camera fails, and offers to do without", () => {
  const error = new ClientError("overconstrained", "No.", { constraint: "frameRate" });
  expect(deviceProblem(error, "camera", FLIP)).toEqual({
    title: "This camera cannot do what the stream asks for",
    text: "The stream asks for at least 30 frames per second.",
    wayOut: "relax",
  });
});

it.each([
  [undefined, "exactly 640 pixels across, exactly 480 pixels down, and at least 30 frames per second"],
  ["width", "exactly 640 pixels across"],
  ["deviceId", "exactly 640 pixels across, exactly 480 pixels down, and at least 30 frames per second"],
])("describes the demands when the browser names %s", (failed, text) => {
  expect(describeDemands(FLIP, failed)).toBe(text);
});

it("describes demands that have no unit, and a range", () => {
  expect(describeDemands({ facingMode: { exact: "environment" }, width: { min: 640, max: 1280 } }, undefined)).toBe(
    "facingMode of exactly environment and at least 640 and at most 1280 pixels across",
  );
});

it("has a way out of everything about a device but an insecure page, and leaves the rest to toasts", () => {
  const ways = (
    [
      "insecure_context",
      "permission_denied",
      "no_device",
      "device_busy",
      "overconstrained",
      "browser_failed",
      "refused",
      "server_unreachable",
      "connection_lost",
    ] as const
  ).map((code) => deviceProblem(new ClientError(code, "No."), "camera", {})?.wayOut);
  expect(ways).toEqual(["none", "retry", "retry", "retry", "relax", undefined, undefined, undefined, undefined]);
});

it.each([
  [{ code: "concurrency_limit_reached", limit: 10 }, "All 10 places are taken. Try again in a moment."],
  [{ code: "concurrency_limit_reached", limit: 1 }, "The only place is taken. Try again in a moment."],
  [{ code: "concurrency_limit_reached" }, "All places are taken. Try again in a moment."],
  [{ code: "unsupported_codec", message: "This stream speaks H.264 only." }, "This stream speaks H.264 only."],
  [{ code: "brand_new" }, "The server refused: brand_new."],
])("says a refusal for people: %j", (refusal, text) => {
  const error = new ClientError("refused", "No.", { refusal: { limit: undefined, message: undefined, ...refusal } });
  expect(describeError(error)).toBe(text);
});
