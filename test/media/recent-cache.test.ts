import { expect, test } from "vitest";
import { RecentCache } from "../../src/media/recent-cache.ts";

test("what was longest out of use gives way when there is no more room", () => {
  const cache = new RecentCache<number>(10);
  cache.add("a", 1, 4);
  cache.add("b", 2, 4);
  cache.get("a");
  cache.add("c", 3, 4);
  expect(["a", "b", "c"].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
});

test("several make room for one that is large", () => {
  const cache = new RecentCache<number>(10);
  for (const key of ["a", "b", "c"]) cache.add(key, 1, 3);
  cache.add("d", 2, 8);
  expect(["a", "b", "c", "d"].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined, 2]);
});

test("what is larger than all the room is not kept, and drives nothing out", () => {
  const cache = new RecentCache<number>(10);
  cache.add("a", 1, 10);
  cache.add("b", 2, 11);
  expect([cache.get("a"), cache.get("b")]).toEqual([1, undefined]);
});
