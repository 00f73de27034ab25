import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, vi } from "vitest";
import { NativePeer, recordEvents } from "./native-peer.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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

function openFiles(): number | undefined {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : undefined;
}

it("gives everything back, 200 times, also with packets on their way", { timeout: 120_000 }, async () => {
  const atOnce = 10;
  const round = (): Promise<WeakRef<object>[]> => Promise.all(Array.from({ length: atOnce }, () => cycle(100)));
  for (let warmUp = 0; warmUp < 3; warmUp += 1) await round();
  await settle();
  const before = { files: openFiles(), rss: process.memoryUsage().rss };
  const remains: WeakRef<object>[] = [];
  for (let done = 0; done < 200; done += atOnce) remains.push(...(await round()));
  await settle();
  expect(remains.filter((reference) => reference.deref() !== undefined)).toHaveLength(0);
  expect(openFiles()).toBe(before.files);
  // Leaking the bursts alone would be 22 MB.
  expect((process.memoryUsage().rss - before.rss) / 2 ** 20).toBeLessThan(20);
});

it("gives everything back when nobody ever connects", async () => {
  const abandoned = await (async () => {
    const events = recordEvents();
    await using peer = new NativePeer();
    const transport = peer.connect(events);
    await transport.close();
    return new WeakRef(events);
  })();
  await settle();
  expect(abandoned.deref()).toBeUndefined();
});
