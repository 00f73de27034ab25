import { expect, test } from "vitest";
import { BoundedQueue } from "../../src/async/bounded-queue.ts";

async function collect<T>(queue: BoundedQueue<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  for await (const item of queue) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}

test("gives items out in order", async () => {
  const queue = new BoundedQueue<number>({ capacity: 3, overflow: "drop-oldest" });
  for (const item of [1, 2, 3]) queue.push(item);
  expect(await collect(queue, 3)).toEqual([1, 2, 3]);
});

test("keeps its bound when nobody asks what was dropped", async () => {
  const queue = new BoundedQueue<number>({ capacity: 2, overflow: "drop-oldest" });
  for (const item of [1, 2, 3, 4]) queue.push(item);
  expect({ length: queue.length, kept: await collect(queue, 2) }).toEqual({ length: 2, kept: [3, 4] });
});

test("drops the oldest, and says which", async () => {
  const dropped: number[] = [];
  const queue = new BoundedQueue<number>({
    capacity: 2,
    overflow: "drop-oldest",
    onDrop: (item) => dropped.push(item),
  });
  for (const item of [1, 2, 3, 4]) queue.push(item);
  expect({ dropped, count: queue.droppedCount, kept: await collect(queue, 2) }).toEqual({
    dropped: [1, 2],
    count: 2,
    kept: [3, 4],
  });
});

test("drops the newest, and says which", async () => {
  const dropped: number[] = [];
  const queue = new BoundedQueue<number>({
    capacity: 2,
    overflow: "drop-newest",
    onDrop: (item) => dropped.push(item),
  });
  for (const item of [1, 2, 3, 4]) queue.push(item);
  expect({ dropped, kept: await collect(queue, 2) }).toEqual({ dropped: [3, 4], kept: [1, 2] });
});

test("hands an item to a reader that waits without storing it", async () => {
  const queue = new BoundedQueue<number>({ capacity: 1, overflow: "drop-oldest" });
  const next = queue.next();
  queue.push(1);
  expect(queue.length).toBe(0);
  expect(await next).toEqual({ done: false, value: 1 });
});

test("ends a reader that waits, drops what is left and whatever comes later", async () => {
  const dropped: number[] = [];
  const queue = new BoundedQueue<number>({
    capacity: 2,
    overflow: "drop-oldest",
    onDrop: (item) => dropped.push(item),
  });
  const next = queue.next();
  queue.end();
  queue.push(1);
  queue.end();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(await queue.next()).toEqual({ done: true, value: undefined });
  expect(dropped).toEqual([1]);
});

test("refuses a second reader at a time", () => {
  const queue = new BoundedQueue<number>({ capacity: 1, overflow: "drop-oldest" });
  void queue.next();
  expect(() => queue.next()).toThrow("one reader at a time");
});

test("drains to a taker at once, what waited first, and one item at a time whatever is pushed meanwhile", () => {
  const queue = new BoundedQueue<number>({ capacity: 2, overflow: "drop-oldest" });
  const taken: string[] = [];
  queue.push(1);
  queue.push(2);
  queue.drain((item) => {
    taken.push(`takes ${item}`);
    if (item === 2) queue.push(3);
    taken.push(`took ${item}`);
    return undefined;
  });
  queue.push(4);
  expect(taken).toEqual(["takes 1", "took 1", "takes 2", "took 2", "takes 3", "took 3", "takes 4", "took 4"]);
  expect(queue.length).toBe(0);
});

test("keeps its bound while the one that it drains to is busy, and hands over what is left afterwards", async () => {
  const dropped: number[] = [];
  const queue = new BoundedQueue<number>({
    capacity: 2,
    overflow: "drop-oldest",
    onDrop: (item) => dropped.push(item),
  });
  const taken: number[] = [];
  let finish: () => void = () => {};
  queue.drain((item) => {
    taken.push(item);
    return item === 1 ? new Promise((resolve) => (finish = resolve)) : undefined;
  });
  for (const item of [1, 2, 3, 4]) queue.push(item);
  expect({ taken, dropped, isWorkedOn: queue.isWorkedOn }).toEqual({ taken: [1], dropped: [2], isWorkedOn: true });
  finish();
  await Promise.resolve();
  expect({ taken, isWorkedOn: queue.isWorkedOn }).toEqual({ taken: [1, 3, 4], isWorkedOn: false });
  queue.end();
  queue.push(5);
  expect(dropped).toEqual([2, 5]);
  expect(() => queue.next()).toThrow("one reader at a time");
});
