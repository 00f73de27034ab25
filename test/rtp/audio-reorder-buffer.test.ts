import { describe, expect, it } from "vitest";
import { AudioReorderBuffer, type OrderedPacket } from "../../src/rtp/audio-reorder-buffer.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";

function packet(sequenceNumber: number): RtpPacket {
  const bytes = serializeRtpPacket({
    payloadType: 111,
    sequenceNumber,
    timestamp: 0,
    ssrc: 1,
    payload: new Uint8Array(1),
  });
  const parsed = parseRtpPacket(bytes);
  if (!parsed) throw new Error("a packet of our own was refused");
  return parsed;
}

/** What comes out: `5`, or `2+5` for packet 5 after two that never came. */
const outcome = (ordered: readonly OrderedPacket[]): string =>
  ordered
    .map(({ packet: { sequenceNumber: n }, missingCount }) => (missingCount ? `${missingCount}+${n}` : n))
    .join(" ");

function setUp() {
  const buffer = new AudioReorderBuffer();
  return {
    buffer,
    insert: (sequence: number, nowMs: number): string => outcome(buffer.insert(packet(sequence), { sequence, nowMs })),
    expire: (nowMs: number): string => outcome(buffer.handleTimer(nowMs)),
  };
}

describe("packets of sound", () => {
  it("pass at once when they come in order", () => {
    const { buffer, insert } = setUp();
    expect([insert(7, 0), insert(8, 20), insert(9, 40)]).toEqual(["7", "8", "9"]);
    expect(buffer.nextTimerMs).toBeUndefined();
  });

  it("wait for one that was overtaken", () => {
    const { buffer, insert } = setUp();
    expect([insert(1, 0), insert(3, 40), insert(4, 60), insert(2, 70)]).toEqual(["1", "", "", "2 3 4"]);
    expect(buffer.nextTimerMs).toBeUndefined();
  });

  it("pass without one that does not come in 40 ms, and say so", () => {
    const { buffer, insert, expire } = setUp();
    expect([insert(1, 0), insert(4, 60), insert(5, 80)]).toEqual(["1", "", ""]);
    expect(buffer.nextTimerMs).toBe(100);
    expect([expire(99), expire(100)]).toEqual(["", "2+4 5"]);
  });

  it("wait for each gap as long, from when it was seen", () => {
    const { buffer, insert, expire } = setUp();
    insert(1, 0);
    insert(3, 40);
    insert(5, 60);
    expect([expire(80), buffer.nextTimerMs]).toEqual(["1+3", 100]);
    expect([expire(99), expire(100), buffer.nextTimerMs]).toEqual(["", "1+5", undefined]);
  });

  it("are given out together when a late timer finds several gaps over", () => {
    const { insert, expire } = setUp();
    insert(1, 0);
    insert(3, 40);
    insert(5, 60);
    expect(expire(500)).toBe("1+3 1+5");
  });

  it("hardly wait when the next packet can stand in for the missing one, until some have come late", () => {
    const { buffer, insert, expire } = setUp();
    for (let sequence = 0; sequence < 120; sequence += 2) {
      insert(sequence, sequence * 100);
      expire(sequence * 100 + 100);
    }
    const nextIsCopy = (sequence: number, nowMs: number): string =>
      outcome(buffer.insert(packet(sequence), { sequence, nowMs, carriesPrevious: true }));
    expect(nextIsCopy(120, 20_000)).toBe("");
    expect([buffer.nextTimerMs, expire(20_005)]).toEqual([20_005, "1+120"]);
    insert(119, 20_012);
    nextIsCopy(122, 20_020);
    expect(buffer.nextTimerMs).toBe(20_035);
  });

  it("wait for a retransmission while one can come", () => {
    const { buffer, insert, expire } = setUp();
    buffer.setRepairMs(165);
    expect([insert(1, 0), insert(3, 40), expire(204), insert(2, 204)]).toEqual(["1", "", "", "2 3"]);
    buffer.setRepairMs(0);
    insert(5, 300);
    expect(buffer.nextTimerMs).toBe(340);
  });

  it("are dropped when they come twice or too late", () => {
    const { insert, expire } = setUp();
    expect([insert(1, 0), insert(1, 1), insert(3, 40), insert(3, 41)]).toEqual(["1", "", "", ""]);
    expect([expire(80), insert(2, 90), insert(4, 95)]).toEqual(["1+3", "", "4"]);
  });

  it("are waited for longer once they have come late, but never longer than 100 ms", () => {
    const { buffer, insert, expire } = setUp();
    insert(1, 0);
    insert(3, 40);
    expire(80);
    insert(2, 90);
    expect(buffer.waitMs).toBe(55);
    insert(5, 100);
    expire(200);
    insert(4, 900);
    expect(buffer.waitMs).toBe(100);
  });

  it("are waited for less and less when they never come, but at least 20 ms", () => {
    const { buffer, insert, expire } = setUp();
    let nowMs = 0;
    for (let sequence = 0; sequence < 120; sequence += 2) {
      insert(sequence, (nowMs += 40));
      expire((nowMs += 100));
    }
    expect(buffer.waitMs).toBe(20);
  });

  it("do not heap up behind a gap", () => {
    const { insert } = setUp();
    insert(0, 0);
    const outcomes = Array.from({ length: 51 }, (_, index) => insert(2 + index, 1));
    expect(outcomes.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => ""));
    expect(outcomes[50]?.split(" ")).toHaveLength(51);
  });

  it("begin anew after a reset", () => {
    const { buffer, insert } = setUp();
    insert(100, 0);
    insert(102, 0);
    buffer.reset();
    expect([buffer.nextTimerMs, insert(7, 10), insert(8, 30)]).toEqual([undefined, "7", "8"]);
  });
});
