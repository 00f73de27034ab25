import { describe, expect, test } from "vitest";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { peers } from "../support/peers.ts";
import { turn } from "../support/turn.ts";

const unknown = expect.objectContaining({ code: "unknown_connection" });

describe("the outputs of a peer", () => {
  test("are read until the peer goes", async () => {
    const { outputs, join } = peers();
    const session = join("a");
    const values: unknown[] = [];
    const reading = (async () => {
      for await (const { args } of outputs.read("a")) values.push(args);
    })();
    session.outputs.publish(new AdditionalOutputs(1, "x"));
    await session.end("peer-left");
    await reading;
    expect(values).toEqual([[1, "x"]]);
  });

  test("may be asked for up to 30 seconds before the peer is there", async () => {
    const { clock, outputs, join } = peers();
    const reader = outputs.read("a");
    const next = reader.next();
    clock.advance(29_999);
    const session = join("a");
    session.outputs.publish(new AdditionalOutputs("at once"));
    expect((await next).value?.args).toEqual(["at once"]);
    expect(clock.pendingTimers).toBe(2); // The session's own, while it connects.
    await session.end("peer-left");
    const tooEarly = outputs.read("b").next();
    clock.advance(30_000);
    await expect(tooEarly).rejects.toEqual(unknown);
    expect(clock.pendingTimers).toBe(0);
  });

  test("are given up by a reader that leaves before the peer is there", async () => {
    const { clock, outputs } = peers();
    const reader = outputs.read("a");
    const next = reader.next();
    await reader.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(clock.pendingTimers).toBe(0);
  });

  test("end at once for a peer that has gone, until one of its name comes back", async () => {
    const { outputs, join } = peers();
    await join("a").end("peer-left");
    expect(outputs.hasEnded("a")).toBe(true);
    expect(await outputs.read("a").next()).toEqual({ done: true, value: undefined });
    join("a");
    expect(outputs.hasEnded("a")).toBe(false);
  });

  test("are waited for by 1000 at most; of those who have gone 1000 are remembered", async () => {
    const { clock, outputs, join } = peers();
    const readers = Array.from({ length: 1000 }, (_, index) => outputs.read(String(index)).next());
    await expect(outputs.read("one more").next()).rejects.toEqual(unknown);
    clock.advance(30_000);
    const settled = await Promise.allSettled(readers);
    expect(settled.every(({ status }) => status === "rejected")).toBe(true);
    for (let index = 0; index <= 1000; index += 1) await join(String(index)).end("peer-left");
    expect([outputs.hasEnded("0"), outputs.hasEnded("1"), outputs.hasEnded("1000")]).toEqual([false, true, true]);
  });

  test("nobody has to read what was asked for", async () => {
    const { clock, outputs } = peers();
    outputs.read("never");
    clock.advance(30_000);
    await turn();
  });

  test("the latest: what was given last, or what is given first", async () => {
    const { outputs, join } = peers();
    const early = outputs.latest("a");
    const session = join("a");
    await turn();
    session.outputs.publish(new AdditionalOutputs(1));
    session.outputs.publish(new AdditionalOutputs(2));
    expect((await early).args).toEqual([1]);
    expect((await outputs.latest("a")).args).toEqual([2]);
    const other = join("b");
    const none = outputs.latest("b");
    await other.end("peer-left");
    await expect(none).rejects.toEqual(unknown);
    await expect(outputs.latest("b")).rejects.toEqual(unknown);
  });
});
