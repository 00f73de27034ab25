import { beforeAll, describe, expect, it } from "vitest";

it("passes", () => expect(1).toBe(1));
it("fails", () => expect(1).toBe(2));
it.skip("is skipped", () => expect(1).toBe(1));
it.todo("is to be done");
describe("a suite that cannot begin", () => {
  beforeAll(() => {
    throw new Error("no beginning");
  });
  it("never runs", () => expect(1).toBe(1));
});
