import { expect, it } from "vitest";
import { guardCallback } from "../../../src/transports/webrtc/guard-callback.ts";

it("passes arguments on, and hands what is thrown to the error listener", () => {
  const seen: unknown[] = [];
  const guarded = guardCallback(
    (number: number) => {
      seen.push(number);
      throw new Error("thrown");
    },
    (error) => seen.push(error.message),
  );
  guarded(7);
  expect(seen).toEqual([7, "thrown"]);
});

it("lets nothing out when the error listener throws as well, and warns", async () => {
  const warning = new Promise((resolve) => process.once("warning", resolve));
  const fail = (): never => {
    throw new Error("twice");
  };
  guardCallback(fail, fail)();
  expect(await warning).toMatchObject({ message: "twice" });
});
