import { expect, it } from "vitest";
import { InboundBuffer } from "../../../src/transports/webrtc/inbound-buffer.ts";

function collect(capacity: number) {
  const delivered: [number, number][] = [];
  const turns: (() => void)[] = [];
  const buffer: InboundBuffer = new InboundBuffer({
    capacity,
    deliver: (packet, arrivalMs) => delivered.push([packet[0] ?? -1, arrivalMs]),
    schedule: (flush) => turns.push(flush),
  });
  return { buffer, delivered, endTurn: () => turns.splice(0).forEach((flush) => flush()), turns };
}

it("delivers what one turn brings in its order, with the times of arrival", () => {
  const { buffer, delivered, endTurn, turns } = collect(4);
  buffer.push(Uint8Array.of(1), 10);
  buffer.push(Uint8Array.of(2), 11);
  expect([delivered, turns.length]).toEqual([[], 1]);
  endTurn();
  buffer.push(Uint8Array.of(3), 20);
  endTurn();
  expect(delivered).toEqual([
    [1, 10],
    [2, 11],
    [3, 20],
  ]);
});

it("sheds the oldest when a turn brings more than it holds", () => {
  const { buffer, delivered, endTurn } = collect(2);
  for (const number of [1, 2, 3, 4, 5]) buffer.push(Uint8Array.of(number), number);
  endTurn();
  expect(delivered).toEqual([
    [4, 4],
    [5, 5],
  ]);
  expect(buffer.shedCount).toBe(3);
});

it("delivers nothing more once it is cleared in the middle", () => {
  const delivered: number[] = [];
  const turns: (() => void)[] = [];
  const buffer: InboundBuffer = new InboundBuffer({
    deliver: (packet) => {
      delivered.push(packet[0] ?? -1);
      buffer.clear();
    },
    schedule: (flush) => turns.push(flush),
  });
  buffer.push(Uint8Array.of(1), 0);
  buffer.push(Uint8Array.of(2), 0);
  for (const flush of turns) flush();
  expect(delivered).toEqual([1]);
});
