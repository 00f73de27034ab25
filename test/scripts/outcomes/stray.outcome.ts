import { expect, it } from "vitest";

it("leaves a rejection that nobody handles", () => {
  void Promise.reject(new Error("stray"));
  expect(1).toBe(1);
});
