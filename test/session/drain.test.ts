import { expect, test } from "vitest";
import { drainSessions } from "../../src/session/drain.ts";
import { SessionRegistry } from "../../src/session/session-registry.ts";
import { Session } from "../../src/session/session.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

/** Sessions with a time limit of 60 seconds. */
function setUp() {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const refused: string[] = [];
  const registry = new SessionRegistry(8, ({ type }) => refused.push(type));
  const join = (id: string, transport = new RecordingTransport()): RecordingTransport => {
    const admission = registry.admit(
      id,
      () =>
        new Session({
          id,
          kind: "loopback",
          handler: {},
          timeLimit: 60,
          logger,
          clock,
          onEnd: (ended) => registry.leave(ended),
        }),
    );
    if (admission.type !== "admitted") throw new Error(admission.type);
    admission.session.attach(transport);
    admission.session.connected();
    return transport;
  };
  return { clock, registry, refused, join };
}

/** Lets what waits for promises go on. */
const turn = (): Promise<void> => new Promise(setImmediate);

test("while draining nobody new comes in, and those who are there stay until their own time limit", async () => {
  const { clock, registry, refused, join } = setUp();
  const first = join("first");
  clock.advance(10_000);
  const second = join("second");
  let isDrained = false;
  const drained = drainSessions(registry, { timeoutS: null }, clock).then(() => (isDrained = true));
  expect(registry.refuses("third")).toEqual({ type: "server_draining" });
  expect(refused).toEqual(["server_draining"]);

  clock.advance(50_000);
  await turn();
  expect([first.closeCount, second.closeCount, isDrained]).toEqual([1, 0, false]);
  expect(first.messages).toEqual([{ type: "end_stream", data: "The time limit was reached." }]);
  clock.advance(10_000);
  await drained;
  expect([registry.size, second.closeCount, clock.pendingTimers]).toEqual([0, 1, 0]);
});

test("who is left when the time is up is told that the server is stopping", async () => {
  const { clock, registry, join } = setUp();
  const transport = join("peer");
  const drained = drainSessions(registry, { timeoutS: 20 }, clock);
  clock.advance(19_999);
  expect(transport.messages).toEqual([]);
  clock.advance(1);
  await drained;
  expect(transport.messages).toEqual([{ type: "end_stream", data: "The server is stopping." }]);
  expect([transport.closeCount, clock.pendingTimers]).toEqual([1, 0]);
});

test("a signal, as of a second Ctrl-C, ends the wait at once", async () => {
  const { clock, registry, join } = setUp();
  const transport = join("peer");
  const impatience = new AbortController();
  const drained = drainSessions(registry, { signal: impatience.signal }, clock);
  impatience.abort();
  await drained;
  expect([transport.closeCount, clock.pendingTimers]).toEqual([1, 0]);
});

test("of several calls the shortest time counts, and all resolve", async () => {
  const { clock, registry, join } = setUp();
  const transport = join("peer");
  const calls = [drainSessions(registry, {}, clock), drainSessions(registry, { timeoutS: 5 }, clock)];
  clock.advance(5000);
  await Promise.all(calls);
  expect(transport.closeCount).toBe(1);
  await drainSessions(registry, {}, clock);
});

test("it resolves only once the connections are closed, also of a peer that left by itself", async () => {
  const { clock, registry, join } = setUp();
  let close = (): void => {};
  const slow = new RecordingTransport();
  slow.close = () => new Promise((resolve) => (close = resolve));
  join("peer", slow);
  let isDrained = false;
  const drained = drainSessions(registry, {}, clock).then(() => (isDrained = true));
  registry.get("peer")?.closed("peer-left");
  await turn();
  expect([registry.size, isDrained]).toEqual([0, false]);
  close();
  await drained;
});

test.each([[{ timeoutS: -1 }], [{ timeoutS: Number.NaN }], [{ timeoutS: "30" }], [{ timeoutMs: 30 }]])(
  "drain(%j) is refused before anything happens",
  async (options) => {
    const { clock, registry } = setUp();
    await expect(drainSessions(registry, options as never, clock)).rejects.toMatchObject({ code: "invalid_option" });
    expect(registry.isDraining).toBe(false);
  },
);
