import { expect, test } from "vitest";
import { ItemQueue } from "../../src/async/item-queue.ts";
import { waitForItem } from "../../src/async/wait-for-item.ts";
import { ManualClock } from "../support/manual-clock.ts";

test("items come out in the order in which they went in, to those who came first", async () => {
  const queue = new ItemQueue<number>();
  const first = queue.get();
  const second = queue.get();
  for (const item of [1, 2, 3]) queue.put(item);
  expect([await first, await second, queue.size, await queue.get()]).toEqual([1, 2, 1, 3]);
});

test("a full queue drops its oldest item", async () => {
  const queue = new ItemQueue<number>({ capacity: 2 });
  for (const item of [1, 2, 3]) queue.put(item);
  expect([await queue.get(), await queue.get(), queue.size]).toEqual([2, 3, 0]);
  queue.put(4);
  queue.clear();
  expect(queue.size).toBe(0);
});

test("whoever gives up waiting takes no item with it", async () => {
  const queue = new ItemQueue<number>();
  const abort = new AbortController();
  const given = queue.get(abort.signal);
  abort.abort("enough");
  await expect(given).rejects.toBe("enough");
  await expect(queue.get(abort.signal)).rejects.toBe("enough");
  queue.put(1);
  expect(await queue.get()).toBe(1);
});

test("waitForItem gives null after a tenth of a second, and what comes later stays for the next call", async () => {
  const clock = new ManualClock();
  const queue = new ItemQueue<string>();
  const waiting = waitForItem(queue, { clock });
  clock.advance(100);
  expect(await waiting).toBeNull();
  queue.put("late");
  expect(await waitForItem(queue, { clock })).toBe("late");
  const next = waitForItem(queue, { clock, timeoutMs: 5000 });
  clock.advance(4999);
  queue.put("in time");
  expect(await next).toBe("in time");
});

test("waitForItem rejects when its signal aborts", async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const waiting = waitForItem(new ItemQueue<string>(), { clock, signal: abort.signal });
  abort.abort(new Error("the session ended"));
  await expect(waiting).rejects.toThrow("the session ended");
  await expect(waitForItem(new ItemQueue<string>(), { clock, signal: abort.signal })).rejects.toThrow("ended");
});
