import type { RtpPacket } from "./packet.ts";
import { TimestampUnwrapper } from "./sequence.ts";
import type { VideoDepacketizer } from "./video-payload-format.ts";

/** Most packets that wait for others, a power of two: more than a second at 10 Mbit/s. */
const CAPACITY = 2048;
const SLOT_MASK = CAPACITY - 1;

export interface FrameAssemblerOptions {
  /** How to read each payload type; packets of other types count as received and hold nothing. */
  readonly depacketizers: ReadonlyMap<number, VideoDepacketizer>;
  /** How long a missing packet is waited for, in milliseconds. @default 300 */
  readonly gapTimeoutMs?: number;
}

/** One whole encoded frame, and the last of its packets, which carries its header extensions. */
export interface AssembledFrame {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly keyframe: boolean;
  /** In ticks of the RTP clock, unwrapped: it goes on counting past 2^32. */
  readonly rtpTimestamp: number;
  readonly payloadType: number;
  /** When the first and the last of its packets arrived, in the caller's milliseconds. */
  readonly firstReceivedAtMs: number;
  readonly receivedAtMs: number;
  readonly lastPacket: RtpPacket;
}

const NO_FRAMES: readonly AssembledFrame[] = Object.freeze([]);

/**
 * Puts frames together from packets in any order (RFC 3550 §5.1, the payloads RFC 6184 and RFC 7741) and gives them out in decode order, each the moment its last packet is
 * there. Frames after a missing packet wait for it, because they are built on what it held. They stop waiting when a
 * whole keyframe is there (decoding goes on from it at once), when the packet is `gapTimeoutMs` late, or when 2048
 * packets wait: then everything up to the next keyframe is dropped and `needsKeyframe` says to ask for one. Empty
 * packets, with which Chrome probes the bandwidth, fill their place and nothing else.
 */
export class FrameAssembler {
  readonly #depacketizers: ReadonlyMap<number, VideoDepacketizer>;
  readonly #slots = Array.from<RtpPacket | undefined>({ length: CAPACITY });
  readonly #arrivals = new Float64Array(CAPACITY);
  readonly #timestamps = new TimestampUnwrapper();
  #gapTimeoutMs: number;
  /** Where the first frame not given out yet begins. */
  #head = 0;
  /** Up to where (exclusive) packets without a gap have been looked at from `#head`. */
  #scan = 0;
  /** After the newest packet. */
  #end = 0;
  /** Whether the packet before `#head` is known to end a frame, and that frame's timestamp. */
  #headBeginsFrame = false;
  #lastTimestamp = 0;
  /** The newest certain beginning of a keyframe that waits, and how far its packets are complete. */
  #keyframeStart: number | undefined;
  #keyframeScan = 0;
  #needsKeyframe = true;
  #parameterSetsKnown = false;
  /** Nothing was given out or dropped yet: packets before the first one to arrive are still welcome. */
  #pristine = true;
  #empty = true;
  #droppedFrameCount = 0;

  constructor({ depacketizers, gapTimeoutMs = 300 }: FrameAssemblerOptions) {
    this.#depacketizers = depacketizers;
    this.#gapTimeoutMs = gapTimeoutMs;
  }

  /**
   * Whether nothing can be given out until a keyframe comes: at the beginning and after a loss that was not repaired.
   */
  get needsKeyframe(): boolean {
    return this.#needsKeyframe;
  }

  /** Frames whose end arrived and that were not given out. */
  get droppedFrameCount(): number {
    return this.#droppedFrameCount;
  }

  /** Whether a keyframe has begun to arrive and is still waited for, so that asking for one would be too early. */
  get keyframeArriving(): boolean {
    return this.#keyframeStart !== undefined;
  }

  /** Packets before this one (an unwrapped sequence number) are of no use any more. */
  get head(): number {
    return this.#head;
  }

  /** When to call `handleTimer`, or `undefined` while nothing is missing. */
  get nextTimerMs(): number | undefined {
    const from = this.#waitsForBeginning() ? this.#head : this.#scan;
    for (let sequence = from; sequence < this.#end; sequence += 1) {
      if (this.#slots[sequence & SLOT_MASK]) return this.#arrival(sequence) + this.#gapTimeoutMs;
    }
    return undefined;
  }

  /** Changes how long a missing packet is waited for: longer where a retransmission takes longer. */
  setGapTimeoutMs(gapTimeoutMs: number): void {
    this.#gapTimeoutMs = gapTimeoutMs;
  }

  /**
   * Takes a packet and returns the frames that it completes, none for most packets.
   * @param sequence The packet's sequence number, unwrapped.
   */
  insert(packet: RtpPacket, { sequence, nowMs }: { sequence: number; nowMs: number }): readonly AssembledFrame[] {
    if (!this.#makeRoom(sequence)) return NO_FRAMES;
    const slot = sequence & SLOT_MASK;
    if (this.#slots[slot]) return NO_FRAMES; // A duplicate.
    this.#slots[slot] = packet;
    this.#arrivals[slot] = nowMs;
    if (sequence >= this.#end) this.#end = sequence + 1;
    if (!this.#holdsMedia(packet)) this.#passProbes(sequence, packet.timestamp);
    if (sequence > (this.#keyframeStart ?? -Infinity) && this.#beginsKeyframe(packet)) {
      this.#keyframeStart = sequence;
      this.#keyframeScan = sequence;
    }

    let frames: AssembledFrame[] | undefined;
    do {
      for (let end = this.#findHeadEnd(); end !== undefined; end = this.#findHeadEnd()) {
        const frame = this.#takeHead(end);
        if (frame) (frames ??= []).push(frame);
      }
    } while (this.#skipToKeyframe());
    return frames ?? NO_FRAMES;
  }

  /** Gives up on packets that are too late. `nextTimerMs` says when to call this. */
  handleTimer(nowMs: number): void {
    while ((this.nextTimerMs ?? Infinity) <= nowMs) this.giveUp();
  }

  /** Gives out nothing more before a keyframe: for a decoder that has lost its way. */
  requireKeyframe(): void {
    this.#needsKeyframe = true;
  }

  /** Stops waiting for what is missing: a keyframe is needed, unless one has begun to arrive. */
  giveUp(): void {
    this.#needsKeyframe = true;
    const keyframeStart = this.#keyframeStart ?? -Infinity;
    this.#dropBefore(keyframeStart > this.#head ? keyframeStart : this.#end);
  }

  /** Forgets everything, as when the sender begins anew with other sequence numbers. */
  reset(): void {
    this.#slots.fill(undefined);
    this.#timestamps.reset();
    this.#keyframeStart = undefined;
    this.#headBeginsFrame = false;
    this.#needsKeyframe = true;
    this.#pristine = true;
    this.#empty = true;
  }

  /** Whether there is a place for the packet; packets that came before are dropped for it when it must be. */
  #makeRoom(sequence: number): boolean {
    if (this.#empty) {
      this.#empty = false;
      this.#head = this.#scan = this.#end = sequence;
      return true;
    }
    if (sequence < this.#head) {
      if (!this.#pristine || sequence <= this.#end - CAPACITY) return false;
      this.#head = this.#scan = sequence;
      return true;
    }
    if (sequence < this.#head + CAPACITY) return true;
    this.giveUp();
    if (sequence >= this.#head + CAPACITY) this.#dropBefore(sequence);
    return true;
  }

  /** Whether packets from before the first one to arrive may still come and make a keyframe of what is there. */
  #waitsForBeginning(): boolean {
    if (!this.#pristine) return false;
    const packet = this.#slots[this.#head & SLOT_MASK];
    return !packet || !this.#beginsKeyframe(packet);
  }

  /** Where the frame at the head ends (exclusive) once all of it is there; `undefined` until then. */
  #findHeadEnd(): number | undefined {
    if (this.#waitsForBeginning()) return undefined;
    for (;;) {
      const packet = this.#slots[this.#scan & SLOT_MASK];
      if (!packet || this.#scan >= this.#end) return undefined;
      if (!this.#holdsMedia(packet)) {
        if (this.#scan === this.#head) this.#passEmptyHead();
        else this.#scan += 1;
        continue;
      }
      const headPacket = this.#slots[this.#head & SLOT_MASK];
      if (headPacket?.timestamp !== packet.timestamp) return this.#scan; // The end came without a marker bit.
      this.#scan += 1;
      if (packet.marker) return this.#scan;
    }
  }

  /** Removes the frame from the head to `end` (exclusive) and returns it if it may be decoded. */
  #takeHead(end: number): AssembledFrame | undefined {
    const payloads: Uint8Array[] = [];
    const first = this.#slots[this.#head & SLOT_MASK];
    let last = first;
    let firstReceivedAtMs = Infinity;
    let receivedAtMs = -Infinity;
    for (let sequence = this.#head; sequence < end; sequence += 1) {
      const packet = this.#slots[sequence & SLOT_MASK];
      if (!packet || !this.#holdsMedia(packet)) continue;
      payloads.push(packet.payload);
      last = packet;
      firstReceivedAtMs = Math.min(firstReceivedAtMs, this.#arrival(sequence));
      receivedAtMs = Math.max(receivedAtMs, this.#arrival(sequence));
    }
    const beginsFrame = this.#headBeginsFrame;
    this.#clearBefore(end);
    this.#headBeginsFrame = true;
    this.#lastTimestamp = last?.timestamp ?? 0;
    const depacketized = first && this.#depacketizers.get(first.payloadType)?.depacketize(payloads);
    if (!depacketized || !last) {
      this.#needsKeyframe = true;
      this.#droppedFrameCount += 1;
      return undefined;
    }
    const { data, keyframe, selfContained } = depacketized;
    if (this.#needsKeyframe && !selfContained && !(keyframe && beginsFrame && this.#parameterSetsKnown)) {
      this.#droppedFrameCount += 1;
      return undefined;
    }
    this.#needsKeyframe = false;
    this.#parameterSetsKnown ||= selfContained;
    const rtpTimestamp = this.#timestamps.unwrap(last.timestamp);
    const { payloadType } = last;
    return { data, keyframe, rtpTimestamp, payloadType, firstReceivedAtMs, receivedAtMs, lastPacket: last };
  }

  #passEmptyHead(): void {
    this.#slots[this.#head & SLOT_MASK] = undefined;
    this.#head += 1;
    this.#scan = this.#head;
  }

  /**
   * After an empty packet with the timestamp of the frame that ended last: what is missing between the two was empty as
   * well, because the next frame has another timestamp. Senders do not repeat such packets, so waiting for them would
   * only freeze the picture.
   */
  #passProbes(sequence: number, timestamp: number): void {
    if (!this.#headBeginsFrame || timestamp !== this.#lastTimestamp) return;
    for (let before = this.#head; before < sequence; before += 1) {
      const packet = this.#slots[before & SLOT_MASK];
      if (packet && this.#holdsMedia(packet)) return;
    }
    this.#clearBefore(sequence + 1);
  }

  /** Goes on from the newest keyframe if all of it is there, and says whether it did. */
  #skipToKeyframe(): boolean {
    if (this.#keyframeStart === undefined || this.#keyframeStart <= this.#head) return false;
    const start = this.#slots[this.#keyframeStart & SLOT_MASK];
    for (;;) {
      const packet = this.#slots[this.#keyframeScan & SLOT_MASK];
      if (!packet || this.#keyframeScan >= this.#end) return false;
      this.#keyframeScan += 1;
      if (this.#holdsMedia(packet) && (packet.marker || packet.timestamp !== start?.timestamp)) break;
    }
    this.#dropBefore(this.#keyframeStart);
    return true;
  }

  /** Gives up all packets before `target`, and the frames in them. */
  #dropBefore(target: number): void {
    for (let sequence = this.#head; sequence < Math.min(target, this.#end); sequence += 1) {
      if (this.#slots[sequence & SLOT_MASK]?.marker) this.#droppedFrameCount += 1;
    }
    this.#clearBefore(target);
    this.#headBeginsFrame = false;
  }

  /** Moves the head to `target` and empties the slots on the way. */
  #clearBefore(target: number): void {
    const end = Math.min(target, this.#end);
    for (let sequence = this.#head; sequence < end; sequence += 1) this.#slots[sequence & SLOT_MASK] = undefined;
    this.#head = this.#scan = target;
    this.#end = Math.max(this.#end, target);
    this.#pristine = false;
    if (this.#keyframeStart !== undefined && this.#keyframeStart < target) this.#keyframeStart = undefined;
  }

  #beginsKeyframe(packet: RtpPacket): boolean {
    return (
      packet.payload.length > 0 && this.#depacketizers.get(packet.payloadType)?.beginsKeyframe(packet.payload) === true
    );
  }

  #holdsMedia(packet: RtpPacket): boolean {
    return packet.payload.length > 0 && this.#depacketizers.has(packet.payloadType);
  }

  #arrival(sequence: number): number {
    return this.#arrivals[sequence & SLOT_MASK] ?? 0;
  }
}
