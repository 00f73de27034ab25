import { describe, expect, it } from "vitest";
import { type AssembledFrame, FrameAssembler } from "../../src/rtp/frame-assembler.ts";
import type { RtpPacket } from "../../src/rtp/packet.ts";
import { SequenceUnwrapper, wrapTimestamp } from "../../src/rtp/sequence.ts";
import { depacketizerOf } from "../../src/rtp/video-codec.ts";
import { FrameMaker, H264_PAYLOAD_TYPE, type MadeFrame, VP8_PAYLOAD_TYPE } from "./support/frames.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const DEPACKETIZERS = new Map([
  [H264_PAYLOAD_TYPE, depacketizerOf("H264")],
  [VP8_PAYLOAD_TYPE, depacketizerOf("VP8")],
]);

/** An assembler and what it gave out, by RTP timestamp. */
class Subject {
  readonly assembler = new FrameAssembler({ depacketizers: DEPACKETIZERS, gapTimeoutMs: 100 });
  readonly frames: AssembledFrame[] = [];
  readonly #unwrapper = new SequenceUnwrapper();

  insert(packets: readonly RtpPacket[], nowMs = 0): number[] {
    const fresh = packets.flatMap((packet) =>
      this.assembler.insert(packet, { sequence: this.#unwrapper.unwrap(packet.sequenceNumber), nowMs }),
    );
    this.frames.push(...fresh);
    return fresh.map(({ rtpTimestamp }) => rtpTimestamp);
  }
}

function maker({
  seed = 1,
  codec = "H264",
  firstSequenceNumber = 65_500,
}: { seed?: number; codec?: "H264" | "VP8"; firstSequenceNumber?: number } = {}): FrameMaker {
  return new FrameMaker({ codec, firstSequenceNumber, firstTimestamp: 9000, random: new SeededRandom(seed) });
}

function without(frame: MadeFrame, index: number): readonly RtpPacket[] {
  return frame.packets.filter((_, at) => at !== index);
}

describe.each(["H264", "VP8"] as const)("assembling frames of %s", (codec) => {
  it("gives a frame out with its last packet", () => {
    const subject = new Subject();
    const { packets, data } = maker({ codec }).next({ keyframe: true });
    for (const [index, packet] of packets.entries()) {
      expect(subject.insert([packet], 10 + index)).toEqual(index === packets.length - 1 ? [9000] : []);
    }
    expect(subject.frames).toEqual([
      {
        data,
        keyframe: true,
        rtpTimestamp: 9000,
        payloadType: codec === "H264" ? H264_PAYLOAD_TYPE : VP8_PAYLOAD_TYPE,
        firstReceivedAtMs: 10,
        receivedAtMs: 10 + packets.length - 1,
        lastPacket: packets.at(-1),
      },
    ]);
    expect(subject.assembler.nextTimerMs).toBeUndefined();
  });

  it("puts reordered packets right, across frames and from the very first", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    const packets = [frames.next({ keyframe: true }), frames.next(), frames.next()].flatMap((frame) => frame.packets);
    expect(subject.insert(packets.toReversed())).toEqual([9000, 12_000, 15_000]);
  });

  it("ignores packets that come twice, before and after their frame went out", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    const key = frames.next({ keyframe: true });
    const delta = frames.next();
    expect(subject.insert([...key.packets, ...key.packets])).toEqual([9000]);
    expect(subject.insert(delta.packets.flatMap((packet) => [packet, packet]))).toEqual([12_000]);
    expect(subject.insert([...key.packets, ...delta.packets])).toEqual([]);
  });

  it("holds frames back behind a missing packet, and lets them go when it comes", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    const broken = frames.next();
    const next = frames.next();
    expect(subject.insert([...without(broken, 1), ...next.packets], 20)).toEqual([]);
    expect(subject.assembler.needsKeyframe).toBe(false);
    expect(subject.insert([broken.packets[1] as RtpPacket], 50)).toEqual([12_000, 15_000]);
  });

  it("gives up a packet that is too late, and goes on from the next keyframe", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    const broken = frames.next();
    subject.insert([...without(broken, 1), ...frames.next().packets], 20);
    expect(subject.assembler.nextTimerMs).toBe(120);
    subject.assembler.handleTimer(119);
    expect(subject.assembler.needsKeyframe).toBe(false);
    subject.assembler.handleTimer(120);
    expect(subject.assembler.needsKeyframe).toBe(true);
    expect(subject.assembler.nextTimerMs).toBeUndefined();
    expect(subject.insert([broken.packets[1] as RtpPacket, ...frames.next().packets], 130)).toEqual([]);
    expect(subject.insert(frames.next({ keyframe: true }).packets, 140)).toEqual([21_000]);
    expect(subject.assembler.needsKeyframe).toBe(false);
    expect(subject.assembler.droppedFrameCount).toBe(3);
  });

  it("does not wait for what is missing once a whole keyframe is there", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    subject.insert(without(frames.next(), 1));
    const [key, delta] = [frames.next({ keyframe: true }), frames.next()];
    expect(subject.insert([...key.packets, ...delta.packets])).toEqual([15_000, 18_000]);
    expect(subject.assembler.needsKeyframe).toBe(false);
  });

  it("goes on from a keyframe whose own packet comes late", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    subject.insert(without(frames.next(), 0));
    const key = frames.next({ keyframe: true });
    expect(subject.insert([...without(key, 1), ...frames.next().packets], 30)).toEqual([]);
    expect(subject.assembler.keyframeArriving).toBe(true);
    expect(subject.insert([key.packets[1] as RtpPacket], 60)).toEqual([15_000, 18_000]);
  });

  it("waits for a keyframe that is on its way, not longer than for anything else", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    subject.insert(without(frames.next(), 0), 10);
    subject.insert([...without(frames.next({ keyframe: true }), 1), ...frames.next().packets], 40);
    subject.assembler.handleTimer(110);
    expect([subject.assembler.needsKeyframe, subject.assembler.keyframeArriving]).toEqual([true, true]);
    subject.assembler.handleTimer(140);
    expect([subject.assembler.needsKeyframe, subject.assembler.keyframeArriving]).toEqual([true, false]);
  });

  it("gives out nothing before the first keyframe", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    expect(subject.insert([...frames.next().packets.slice(1), ...frames.next().packets])).toEqual([]);
    expect(subject.insert(frames.next({ keyframe: true }).packets)).toEqual([15_000]);
  });

  it("takes probes without a payload for nothing, wherever they come", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    const packets: RtpPacket[] = [frames.padding()];
    packets.push(...frames.next({ keyframe: true }).packets, frames.padding(), frames.padding());
    packets.push(...frames.next().packets, frames.padding(), ...frames.next().packets);
    expect(subject.insert(packets)).toEqual([9000, 12_000, 15_000]);
    expect(subject.assembler.nextTimerMs).toBeUndefined();
  });

  it("does not wait for probes that were lost between others", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    const probes = Array.from({ length: 6 }, () => frames.padding());
    const next = frames.next();
    expect(subject.insert([...probes.slice(2, 3), ...probes.slice(5), ...next.packets])).toEqual([12_000]);
    expect(subject.assembler.nextTimerMs).toBeUndefined();
  });

  it("waits for what was lost after the last probe, which may be a frame", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    const probe = frames.padding();
    const lost = frames.next({ byteLength: 100 });
    expect(subject.insert([...frames.next().packets, probe])).toEqual([]);
    expect(subject.insert(lost.packets)).toEqual([12_000, 15_000]);
  });

  it("ends a frame at the next timestamp when its marker bit is missing", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    const packets = frames.next({ keyframe: true }).packets.map((packet) => ({ ...packet, marker: false }));
    expect(subject.insert(packets)).toEqual([]);
    expect(subject.insert(frames.next().packets)).toEqual([9000, 12_000]);
  });

  it("asks for a keyframe when a frame is whole but not valid", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    const broken = frames.next().packets.map((packet) => ({ ...packet, payload: Uint8Array.of(0xff, 0xff) }));
    expect(subject.insert([...broken, ...frames.next().packets])).toEqual([]);
    expect(subject.assembler.needsKeyframe).toBe(true);
  });

  it("drops frames until a keyframe when the decoder asks for one", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    subject.assembler.requireKeyframe();
    expect(subject.insert(frames.next().packets)).toEqual([]);
    expect(subject.insert(frames.next({ keyframe: true }).packets)).toEqual([15_000]);
  });

  it("keeps 2048 packets at most, and gives up what is older", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    subject.insert(without(frames.next(), 0));
    const waiting = Array.from({ length: 700 }, () => frames.next());
    expect(waiting.flatMap(({ packets }) => packets).length).toBeGreaterThan(2048);
    expect(subject.insert(waiting.flatMap(({ packets }) => packets))).toEqual([]);
    expect(subject.assembler.needsKeyframe).toBe(true);
    expect(subject.insert(frames.next({ keyframe: true }).packets)).toHaveLength(1);
  });

  it("survives a leap of sequence numbers", () => {
    const subject = new Subject();
    const frames = maker({ codec });
    subject.insert(frames.next({ keyframe: true }).packets);
    frames.skipSequenceNumbers(20_000);
    expect(subject.insert(frames.next().packets)).toEqual([]);
    expect(subject.assembler.needsKeyframe).toBe(true);
    expect(subject.insert(frames.next({ keyframe: true }).packets)).toEqual([15_000]);
  });

  it("begins anew after a reset", () => {
    const subject = new Subject();
    subject.insert(maker({ codec }).next({ keyframe: true }).packets);
    subject.assembler.reset();
    expect(subject.assembler.needsKeyframe).toBe(true);
    expect(new Subject().insert(maker({ codec, seed: 2 }).next({ keyframe: true }).packets)).toEqual([9000]);
    const other = maker({ codec, seed: 2, firstSequenceNumber: 60_000 }).next({ keyframe: true });
    expect(subject.insert(other.packets)).toEqual([9000]);
  });
});

describe("assembling frames of H.264", () => {
  it("trusts an IDR slice without parameter sets only where it knows that nothing stood before it", () => {
    const subject = new Subject();
    const frames = maker();
    const key = frames.next({ keyframe: true });
    const stripped = frames.next({ keyframe: true });
    expect(subject.insert(key.packets)).toEqual([9000]);
    subject.assembler.requireKeyframe();
    expect(subject.insert(stripped.packets.slice(1), 0)).toEqual([]);
    subject.assembler.handleTimer(1000);
    const [delta, bareIdr] = [frames.next(), frames.next({ keyframe: true })];
    const bare = bareIdr.packets
      .slice(1)
      .map((packet) => ({ ...packet, sequenceNumber: (packet.sequenceNumber - 1) & 0xffff }));
    expect(subject.insert([...delta.packets, ...bare], 1010)).toEqual([bareIdr.rtpTimestamp]);
  });
});

describe("packets of an unknown payload type", () => {
  it("fill their place in the sequence and nothing else", () => {
    const subject = new Subject();
    const frames = maker();
    const stranger = { ...(frames.next().packets[0] as RtpPacket), payloadType: 127 };
    const later = maker({ firstSequenceNumber: 65_501 });
    expect(subject.insert([stranger, ...later.next({ keyframe: true }).packets])).toEqual([9000]);
  });
});

describe("a network that reorders, duplicates and loses", { timeout: 30_000 }, () => {
  it.each(["H264", "VP8"] as const)(
    "never makes %s frames wrong or out of order, and loses few that can be saved",
    (codec) => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const random = new SeededRandom(seed);
        const frames = new FrameMaker({ codec, firstSequenceNumber: 65_000, firstTimestamp: 0xffff_0000, random });
        const made = Array.from({ length: 300 }, (_, index) =>
          frames.next({ keyframe: index % 50 === 0, byteLength: random.integer(20, 6000) }),
        );
        const lossless = seed % 2 === 0;
        const arrivals = made
          .flatMap((frame, index) => frame.packets.map((packet) => ({ packet, sentAtMs: index * 33 })))
          .filter(() => lossless || !random.chance(0.01))
          .flatMap((sent) => (random.chance(0.1) ? [sent, sent] : [sent]))
          .map(({ packet, sentAtMs }) => ({ packet, nowMs: sentAtMs + random.integer(0, 60) }))
          .toSorted((a, b) => a.nowMs - b.nowMs);

        const subject = new Subject();
        for (const { packet, nowMs } of arrivals) {
          subject.assembler.handleTimer(nowMs);
          subject.insert([packet], nowMs);
        }
        const expected = new Map(made.map((frame) => [wrapTimestamp(frame.rtpTimestamp), frame]));
        let last = -Infinity;
        let mustBeKeyframe = true;
        let previousIndex = -1;
        for (const { data, keyframe, rtpTimestamp } of subject.frames) {
          const original = expected.get(wrapTimestamp(rtpTimestamp));
          const index = original ? original.rtpTimestamp / 3000 - 0xffff_0000 / 3000 : -1;
          if (!original || Buffer.compare(data, original.data) !== 0 || keyframe !== original.keyframe) {
            throw new Error(`seed ${seed}: frame ${index} is wrong`);
          }
          mustBeKeyframe = index !== previousIndex + 1;
          if (rtpTimestamp <= last) throw new Error(`seed ${seed}: frame ${index} is out of order`);
          if (mustBeKeyframe && !keyframe) throw new Error(`seed ${seed}: frame ${index} cannot be decoded`);
          last = rtpTimestamp;
          previousIndex = index;
        }
        // Without loss, only a keyframe that overtakes the frames before it makes them go.
        expect(subject.frames.length).toBeGreaterThan(lossless ? 290 : 60);
      }
    },
  );
});
