import { expect, test } from "vitest";
import { type LinkReceiver, SocketLink } from "../../src/sockets/socket-link.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemorySocket } from "../support/memory-socket.ts";

test.each(["text", "binary", "settled"] as const)(
  "what cannot be borne of a message (%s) costs its peer the connection, and not the process",
  async (where) => {
    const clock = new ManualClock();
    const socket = new MemorySocket();
    const lost: unknown[] = [];
    const mishap = new RangeError("Array buffer allocation failed");
    const throwAt = (place: typeof where): number => {
      if (place === where) throw mishap;
      return 0;
    };
    const receiver: LinkReceiver = {
      text: () => throwAt("text"),
      binary: () => throwAt("binary"),
      settled: () => void throwAt("settled"),
      complain: () => {},
      lost: (reason, error) => lost.push([reason, error]),
    };
    const link = new SocketLink({ socket, clock, receiver });
    const warned = new Promise<void>((resolve) => {
      const onWarning = (warning: Error): void => {
        if (warning !== mishap) return; // Some other part of this process.
        process.off("warning", onWarning);
        resolve();
      };
      process.on("warning", onWarning);
    });
    socket.receive(where === "binary" ? new Uint8Array(4) : "hello");
    await warned;
    socket.receive("more");
    expect([link.isOpen, socket.isTerminated, lost]).toEqual([false, true, [["connection-failed", mishap]]]);
    expect(clock.pendingTimers).toBe(0);
    await link.close(); // Harmless, and at once.
  },
);
