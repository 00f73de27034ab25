import { describe, expect, it } from "vitest";
import { WorkQueue } from "../../src/speech/work-queue.ts";

/** Work that a test ends. */
class Work {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  readonly run = (name: string) => (): Promise<string> => {
    this.begun.push(name);
    return new Promise((resolve) => this.#ends.set(name, () => resolve(name)));
  };

  end(name: string): void {
    this.#ends.get(name)?.();
  }
}

describe("a model's queue", () => {
  it("runs so much at a time, in the order in which it came", async () => {
    const work = new Work();
    const queue = new WorkQueue({ name: "Test", concurrency: 2, capacity: 8 });
    const all = ["a", "b", "c", "d"].map((name) => queue.run(work.run(name)));
    expect(work.begun).toEqual(["a", "b"]);
    work.end("b");
    await all[1];
    await expect.poll(() => work.begun).toEqual(["a", "b", "c"]);
    for (const name of ["a", "c"]) work.end(name);
    await expect.poll(() => work.begun).toEqual(["a", "b", "c", "d"]);
    work.end("d");
    expect(await Promise.all(all)).toEqual(["a", "b", "c", "d"]);
  });

  it("refuses what is too much, and says so", async () => {
    const work = new Work();
    const queue = new WorkQueue({ name: "Test", concurrency: 1, capacity: 1 });
    const taken = [queue.run(work.run("a")), queue.run(work.run("b"))];
    await expect(queue.run(work.run("c"))).rejects.toMatchObject({
      code: "model_busy",
      message: expect.stringContaining("Test is too busy: 1 requests wait already."),
    });
    work.end("a");
    await taken[0];
    await expect.poll(() => work.begun).toEqual(["a", "b"]);
    work.end("b");
    expect(await Promise.all(taken)).toEqual(["a", "b"]);
  });

  it("never begins what was given up while it waited, and lets others move up", async () => {
    const work = new Work();
    const queue = new WorkQueue({ name: "Test", concurrency: 1, capacity: 8 });
    const stop = new AbortController();
    const first = queue.run(work.run("a"));
    const givenUp = queue.run(work.run("b"), stop.signal);
    const last = queue.run(work.run("c"));
    stop.abort(new Error("hung up"));
    await expect(givenUp).rejects.toThrow("hung up");
    work.end("a");
    await first;
    await expect.poll(() => work.begun).toEqual(["a", "c"]);
    work.end("c");
    expect(await last).toBe("c");
  });

  it("keeps the place of work that was given up while it runs", async () => {
    const work = new Work();
    const queue = new WorkQueue({ name: "Test", concurrency: 1, capacity: 8 });
    const stop = new AbortController();
    const givenUp = queue.run(work.run("a"), stop.signal);
    const next = queue.run(work.run("b"));
    stop.abort(new Error("hung up"));
    await expect(givenUp).rejects.toThrow("hung up");
    expect(work.begun).toEqual(["a"]);
    work.end("a");
    await expect.poll(() => work.begun).toEqual(["a", "b"]);
    work.end("b");
    expect(await next).toBe("b");
  });

  it("goes on after work that failed, and after a turn that came and was given up at once", async () => {
    const queue = new WorkQueue({ name: "Test", concurrency: 1, capacity: 8 });
    const stop = new AbortController();
    const failing = queue.run(() => Promise.reject(new Error("no")));
    const givenUp = queue.run(() => Promise.resolve("never"), stop.signal);
    const last = queue.run(() => Promise.resolve("done"));
    failing.catch(() => stop.abort(new Error("hung up")));
    await expect(failing).rejects.toThrow("no");
    await Promise.allSettled([givenUp]);
    expect(await last).toBe("done");
  });
});
