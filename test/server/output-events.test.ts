import { describe, expect, test } from "vitest";
import { outputEvents } from "../../src/server/output-events.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { peers } from "../support/peers.ts";
import { turn } from "../support/turn.ts";

function setUp() {
  const { clock, logger, outputs, join } = peers();
  const open = (id: string): Response => outputEvents({ id, outputs, clock, logger });
  return { clock, logger, join, open };
}

/** What a response says, chunk by chunk, as it comes. */
function follow(response: Response): { readonly chunks: string[]; readonly stop: () => Promise<void> } {
  const chunks: string[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  void (async () => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      chunks.push(value ?? "(end)");
      if (done) return;
    }
  })();
  return { chunks, stop: async () => reader?.cancel() };
}

describe("the event stream of a peer's outputs", () => {
  test("says the values as JSON, one event for each output, and ends with the peer", async () => {
    const { join, open } = setUp();
    const session = join("a");
    const response = open("a");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const { chunks } = follow(response);
    session.outputs.publish(new AdditionalOutputs(1, "two\nlines", undefined));
    session.outputs.publish(new AdditionalOutputs());
    await turn();
    await session.end("peer-left");
    await turn();
    expect(chunks).toEqual([": keep-alive\n\n", 'data: [1,"two\\nlines",null]\n\n', "data: []\n\n", "(end)"]);
  });

  test("keeps the connection alive every 15 seconds without an output", async () => {
    const { clock, join, open } = setUp();
    const session = join("a");
    session.connected();
    const { chunks } = follow(open("a"));
    for (let second = 0; second < 31; second += 1) {
      await turn();
      clock.advance(1000);
    }
    await turn();
    expect(chunks).toEqual([": keep-alive\n\n", ": keep-alive\n\n", ": keep-alive\n\n"]);
    session.outputs.publish(new AdditionalOutputs(1));
    await turn();
    expect(chunks.at(-1)).toBe("data: [1]\n\n");
    await session.end("peer-left");
  });

  test("may be opened before the peer is there, and ends when it does not come", async () => {
    const { clock, join, open } = setUp();
    const early = follow(open("a"));
    const never = follow(open("b"));
    await turn();
    join("a").outputs.publish(new AdditionalOutputs("hello"));
    for (let second = 0; second < 31; second += 1) {
      clock.advance(1000);
      await turn();
    }
    expect(early.chunks).toContain('data: ["hello"]\n\n');
    expect(never.chunks.at(-1)).toBe("(end)");
  });

  test("frees what it held when the reader goes", async () => {
    const { clock, join, open } = setUp();
    const waiting = follow(open("nobody"));
    const session = join("a");
    const reading = follow(open("a"));
    await turn();
    await Promise.all([waiting.stop(), reading.stop()]);
    await turn();
    session.outputs.publish(new AdditionalOutputs(1));
    await session.end("peer-left");
    await turn();
    expect(clock.pendingTimers).toBe(0);
  });

  test("is refused with 204 for a peer that has gone, so that an EventSource asks no more", async () => {
    const { join, open } = setUp();
    await join("a").end("peer-left");
    expect(open("a").status).toBe(204);
  });

  test("reports values that JSON cannot hold, and goes on", async () => {
    const { join, open, logger } = setUp();
    const session = join("a");
    const { chunks } = follow(open("a"));
    session.outputs.publish(new AdditionalOutputs(10n));
    session.outputs.publish(new AdditionalOutputs(11));
    await turn();
    expect(chunks.at(-1)).toBe("data: [11]\n\n");
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
    await session.end("peer-left");
  });
});
