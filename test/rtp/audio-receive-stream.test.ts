import { describe, expect, it } from "vitest";
import { AudioReceiveStream } from "../../src/rtp/audio-receive-stream.ts";
import type { ReceivedAudio } from "../../src/rtp/sound-line.ts";
import { compactNtp, ntpFromWallMs } from "../../src/rtp/ntp-time.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import type { RtcpPacket } from "../../src/rtp/rtcp/compound.ts";

const SSRC = 0xa0d10;
/** 20 ms of CELT, in the first byte of a packet. */
const TOC_20_MS = 31 << 3;

interface Sent {
  /** The packet's place in the stream: its sequence number, and its time unless `atMs` says otherwise. */
  readonly index: number;
  /** When it sounds. @default 20 ms per packet */
  readonly atMs?: number;
  /** @default on time */
  readonly arrivesMs?: number;
  /** Whether it announces silence. */
  readonly dtx?: boolean;
  readonly payload?: Uint8Array;
}

/** 20 ms of SILK that says of itself that it carries a copy of the packet before. */
const withCopy = (index: number): Uint8Array => Uint8Array.of(9 << 3, 0xc0, index, 0);

interface SetUpOptions {
  readonly nack?: boolean;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
}

/** A stream with a listener that writes down what it is given: `5` is packet 5, `?` a loss, `s20` 20 ms of silence. */
function setUp({ firstSequence = 100, firstTimestamp = 5000, nack = false }: SetUpOptions = {}) {
  const stream = new AudioReceiveStream({ ssrc: SSRC, localSsrc: 9, nack });
  const heard: string[] = [];
  const timesMs: number[] = [];
  const rtcp: RtcpPacket[] = [];
  const note = (audio: readonly ReceivedAudio[]): void => {
    for (const piece of audio) {
      timesMs.push(piece.timestampUs / 1000 - firstTimestamp / 48);
      if (piece.type === "packet") heard.push(nameOf(piece.payload));
      else if (piece.type === "silence") heard.push(`s${piece.ticks / 48}`);
      else heard.push(piece.type === "lost" ? "?" : `<${piece.payload[2]}`);
    }
  };
  const pass = (untilMs: number): void => {
    for (;;) {
      const { nextTimerMs } = stream;
      if (nextTimerMs === undefined || nextTimerMs > untilMs) return;
      const due = stream.handleTimer(nextTimerMs);
      note(due.audio);
      rtcp.push(...due.rtcp);
    }
  };
  const send = ({ index, atMs = index * 20, arrivesMs = atMs, dtx = false, payload }: Sent): void => {
    pass(arrivesMs);
    const bytes = serializeRtpPacket({
      payloadType: 111,
      sequenceNumber: (firstSequence + index) & 0xffff,
      timestamp: (firstTimestamp + atMs * 48) >>> 0,
      ssrc: SSRC,
      payload: payload ?? (dtx ? Uint8Array.of(TOC_20_MS) : Uint8Array.of(TOC_20_MS, index & 0xff, 0, 0)),
    });
    const packet = parseRtpPacket(bytes);
    if (!packet) throw new Error("a packet of our own was refused");
    note(stream.handlePacket(packet, arrivesMs));
  };
  return { stream, heard, timesMs, rtcp, pass, send };
}

/** What was sent says which packet it is. */
function nameOf(payload: Uint8Array): string {
  const [toc = 0, first, second] = payload;
  return String(toc >> 3 === 9 ? second : (first ?? "dtx"));
}

const sendAll = (send: (sent: Sent) => void, ...indices: readonly number[]): void => {
  for (const index of indices) send({ index });
};

describe("received sound", () => {
  it("is given out at once, packet by packet, with its time", () => {
    const { heard, timesMs, send } = setUp();
    sendAll(send, 0, 1, 2);
    expect(heard).toEqual(["0", "1", "2"]);
    expect(timesMs.map((ms) => Math.round(ms) + 0)).toEqual([0, 20, 40]);
  });

  it("goes on where sequence numbers and timestamps wrap", () => {
    const { heard, timesMs, send } = setUp({ firstSequence: 65_534, firstTimestamp: 2 ** 32 - 960 });
    sendAll(send, 0, 1, 2, 3);
    expect(heard).toEqual(["0", "1", "2", "3"]);
    expect(timesMs.map((ms) => Math.round(ms) + 0)).toEqual([0, 20, 40, 60]);
  });

  it("is put in order", () => {
    const { heard, send } = setUp();
    sendAll(send, 0, 1, 3);
    send({ index: 2, arrivesMs: 75 });
    expect(heard).toEqual(["0", "1", "2", "3"]);
  });

  it("has its losses concealed, each for as long as it was", () => {
    const { heard, timesMs, pass, send } = setUp();
    sendAll(send, 0, 1, 4, 5);
    pass(130);
    expect(heard).toEqual(["0", "1", "?", "?", "4", "5"]);
    expect(timesMs.slice(2, 4).map((ms) => Math.round(ms) + 0)).toEqual([40, 60]);
  });

  it("is concealed five times in a row at most, and then is silence", () => {
    const { stream, heard, send } = setUp();
    sendAll(send, 0, 9, 10, 11, 12);
    expect(heard.slice(0, 12).join(" ")).toBe("0 ? ? ? ? ? s20 s20 s20 9 10 11");
    expect(stream.snapshot()).toMatchObject({ concealedMs: 160, silenceMs: 60, cumulativeLost: 8 });
  });

  it("is silence in real time while the peer announces that it has nothing to say", () => {
    const { heard, pass, send } = setUp();
    send({ index: 0 });
    send({ index: 1, dtx: true });
    pass(59);
    expect(heard).toEqual(["0", "dtx"]);
    pass(420);
    expect(heard.slice(2)).toEqual(Array.from({ length: 19 }, () => "s20"));
    send({ index: 2, atMs: 420 });
    expect(heard.slice(21)).toEqual(["2"]);
  });

  it("has a pause that ends early filled up to the packet that ends it", () => {
    const { heard, timesMs, send } = setUp();
    send({ index: 0, dtx: true });
    send({ index: 1, atMs: 90 });
    expect(heard).toEqual(["dtx", "s20", "s20", "s20", "s10", "1"]);
    expect(timesMs.at(-1)).toBeCloseTo(90, 0);
  });

  it("is silence half a second behind when packets stop coming, and goes on with what was only delayed", () => {
    const { stream, heard, timesMs, pass, send } = setUp();
    sendAll(send, 0, 1);
    pass(539);
    expect(heard).toEqual(["0", "1"]);
    pass(599);
    expect(heard).toEqual(["0", "1", "s20", "s20", "s20"]);
    for (const index of [2, 3, 4, 5]) send({ index, arrivesMs: 599 });
    expect(heard.slice(5)).toEqual(["2", "3", "4", "5"]);
    expect(timesMs.map((ms) => Math.round(ms) + 0)).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160]);
    expect(stream.snapshot()).toMatchObject({ silenceMs: 60, lateMs: 0 });
  });

  it("gives back by less silence later what premature silence has pushed back", () => {
    const { heard, timesMs, pass, send } = setUp();
    sendAll(send, 0, 1);
    pass(599);
    for (let index = 2; index < 30; index += 1) send({ index, arrivesMs: 599 });
    send({ index: 30, dtx: true });
    heard.length = 0;
    pass(1000);
    send({ index: 31, atMs: 1000 });
    expect(heard).toEqual([...Array.from({ length: 16 }, () => "s20"), "31"]);
    expect(timesMs.at(-1)).toBeCloseTo(1000, 0);
  });

  it("comes in bursts of 700 ms at most: what came too late after silence had taken its place is dropped", () => {
    const { stream, heard, pass, send } = setUp();
    sendAll(send, 0, 1);
    pass(1500);
    heard.length = 0;
    for (let index = 2; index < 75; index += 1) send({ index, arrivesMs: 1500 });
    expect(heard).toHaveLength(34);
    expect([heard[0], heard.at(-1)]).toEqual(["41", "74"]);
    expect(stream.snapshot().lateMs).toBe(39 * 20);
  });

  it("has a lost packet recovered from the copy in the next", () => {
    const { stream, heard, pass, send } = setUp();
    send({ index: 0 });
    send({ index: 4, payload: withCopy(4) });
    send({ index: 6, payload: withCopy(6) });
    pass(200);
    expect(heard).toEqual(["0", "?", "?", "<4", "4", "<6", "6"]);
    expect(stream.snapshot()).toMatchObject({ fecPacketCount: 2, concealedMs: 40, cumulativeLost: 4 });
  });

  it("has a lost packet sent again where the peer does that, and is held back no longer than it takes", () => {
    const { stream, heard, rtcp, pass, send } = setUp({ nack: true });
    sendAll(send, 0, 2);
    pass(50);
    expect(rtcp).toEqual([{ type: "nack", senderSsrc: 9, mediaSsrc: SSRC, sequenceNumbers: [101] }]);
    send({ index: 1, arrivesMs: 150 });
    expect(heard).toEqual(["0", "1", "2"]);
    expect(stream.snapshot()).toMatchObject({ nackedPacketCount: 2, repairedPacketCount: 1, concealedMs: 0 });
    send({ index: 8 });
    pass(160 + 121);
    expect(heard.slice(3)).toEqual(["?", "?", "?", "?", "?", "8"]);
  });

  it("does not take a process that stood still for a peer that fell silent", () => {
    const { stream, heard, send } = setUp();
    sendAll(send, 0, 1);
    const { audio } = stream.handleTimer(3000);
    expect(audio).toEqual([]);
    for (const index of [2, 3]) send({ index, arrivesMs: 3001 });
    expect(heard).toEqual(["0", "1", "2", "3"]);
  });

  it("has a jump of its timestamps filled by half a second of silence at most", () => {
    const { stream, heard, send } = setUp();
    send({ index: 0 });
    send({ index: 1, atMs: 600_000, arrivesMs: 20 });
    expect(heard.at(-1)).toBe("1");
    expect(stream.snapshot().silenceMs).toBe(500);
  });

  it("goes on when the sender numbers anew", () => {
    const { heard, send } = setUp();
    sendAll(send, 0, 1);
    for (const index of [20_000, 20_001, 20_002]) send({ index, arrivesMs: 60 });
    expect(heard.slice(2)).toEqual([String(20_001 & 0xff), String(20_002 & 0xff)]);
  });

  it("passes over packets that only probe the bandwidth", () => {
    const { heard, pass, send } = setUp();
    send({ index: 0 });
    send({ index: 1, atMs: 0, arrivesMs: 10, payload: new Uint8Array() });
    send({ index: 2, atMs: 20 });
    pass(100);
    expect(heard).toEqual(["0", "2"]);
  });

  it("keeps its listener's clock over an hour with losses, pauses and delays", () => {
    const { stream, heard, send } = setUp();
    const stalledFrom = 40_000;
    for (let index = 0; index < 180_000; index += 1) {
      if (index % 100 === 7) continue;
      const late = index >= stalledFrom && index < stalledFrom + 10 ? stalledFrom * 20 + 200 : index * 20;
      send({ index, arrivesMs: Math.max(index * 20 + (index % 3), late) });
    }
    const ms = heard.reduce((sum, piece) => sum + (piece.startsWith("s") ? Number(piece.slice(1)) : 20), 0);
    expect(ms).toBe(3_600_000);
    expect(stream.snapshot()).toMatchObject({ concealedMs: 36_000, silenceMs: 0, lateMs: 0 });
  });
});

describe("reports about received sound", () => {
  it("leave every second, with jitter in ticks of 48 kHz, until nothing comes any more", () => {
    const { stream, rtcp, pass, send } = setUp();
    for (let index = 0; index < 100; index += 1) {
      if (index !== 50) send({ index, arrivesMs: index * 20 + (index % 2) * 2 });
    }
    stream.handleRtcp(
      {
        type: "sender-report",
        ssrc: SSRC,
        ntpTime: ntpFromWallMs(5000),
        rtpTimestamp: 0,
        packetCount: 1,
        octetCount: 1,
        reports: [],
      },
      1900,
    );
    pass(10_000);
    expect(rtcp).toHaveLength(2);
    expect(rtcp[1]).toEqual({
      type: "receiver-report",
      ssrc: 9,
      reports: [
        {
          ssrc: SSRC,
          fractionLost: 5,
          cumulativeLost: 1,
          extendedHighestSequence: 199,
          jitter: expect.closeTo(94, -1),
          lastSenderReport: compactNtp(ntpFromWallMs(5000)),
          delaySinceLastSenderReport: expect.closeTo(6554, -1),
        },
      ],
    });
  });

  it("begin again with the sound", () => {
    const { rtcp, pass, send } = setUp();
    send({ index: 0 });
    pass(10_000);
    expect(rtcp).toHaveLength(1);
    send({ index: 1, atMs: 10_000 });
    pass(20_000);
    expect(rtcp).toHaveLength(2);
  });
});
