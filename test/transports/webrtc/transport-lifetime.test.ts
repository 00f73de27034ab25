import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, vi } from "vitest";
import { NativePeer, recordEvents } from "./native-peer.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** How many of these are there still when garbage has been collected, which takes the engine's threads some turns. */
async function countAlive(references: readonly WeakRef<object>[]): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve)); // What has been looked at lives until the end of its turn.
  collectGarbage();
  return references.filter((reference) => reference.deref() !== undefined).length;
}

/** Connects, sends a burst that is still on its way when the connection is closed, and returns what should be garbage then. */
async function cycle(burst: number): Promise<WeakRef<object>> {
  const events = recordEvents({ rtp: () => undefined });
  const peer = new NativePeer();
  const transport = peer.connect(events);
  await vi.waitUntil(() => events.states.includes("connected") && peer.isOpen, { interval: 1, timeout: 20_000 });
  const packet = Buffer.alloc(1100);
  packet.set([0x80, 96]);
  for (let number = 0; number < burst; number += 1) {
    packet.writeUInt16BE(number, 2);
    peer.send(packet);
  }
  await transport.close();
  await peer[Symbol.asyncDispose]();
  return new WeakRef(events);
}

/** How many files and sockets this process has open; 0 where that cannot be seen. */
function openFiles(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}

it("gives everything back, 200 times, also with packets on their way", { timeout: 120_000 }, async () => {
  const atOnce = 10;
  const round = (): Promise<WeakRef<object>[]> => Promise.all(Array.from({ length: atOnce }, () => cycle(100)));
  const warmUp: WeakRef<object>[] = [];
  // Memory grows for the first hundred, and no more after that.
  for (let done = 0; done < 100; done += atOnce) warmUp.push(...(await round()));
  await expect.poll(() => countAlive(warmUp)).toBe(0);
  const before = { files: openFiles(), rss: process.memoryUsage().rss };
  const remains: WeakRef<object>[] = [];
  for (let done = 0; done < 200; done += atOnce) remains.push(...(await round()));
  await expect.poll(() => countAlive(remains)).toBe(0);
  await expect.poll(openFiles).toBeLessThanOrEqual(before.files);
  // Leaking the bursts alone would be 22 MB.
  expect((process.memoryUsage().rss - before.rss) / 2 ** 20).toBeLessThan(15);
});

it("gives everything back when nobody ever connects", async () => {
  const abandoned = await (async () => {
    const events = recordEvents();
    await using peer = new NativePeer();
    const transport = peer.connect(events);
    await transport.close();
    return new WeakRef(events);
  })();
  await expect.poll(() => countAlive([abandoned])).toBe(0);
});
