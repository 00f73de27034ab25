import { readUint16 } from "../bytes.ts";

/** How many bytes a packet's arrival time takes: none (it did not arrive), one, or two. */
export type PacketStatus = 0 | 1 | 2;

const MAX_RUN = 0x1fff;
/** How many statuses a chunk holds that spends one bit, or two, on each. */
const ONE_BIT_CAPACITY = 14;
const TWO_BIT_CAPACITY = 7;

/**
 * Reads packet status chunks (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.1 to §3.1.4). A long run of lost
 * packets costs no more than a short one.
 */
export class ChunkReader {
  readonly #bytes: Uint8Array;
  readonly #packetCount: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, packetCount: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#packetCount = packetCount;
  }

  /** Where the chunks end. */
  get end(): number {
    return this.#at;
  }

  /** The packets that arrived; `undefined` when chunks are missing, reserved, or promise more than there are bytes. */
  readAll(): { readonly offset: number; readonly status: 1 | 2 }[] | undefined {
    const received: { offset: number; status: 1 | 2 }[] = [];
    for (let offset = 0; offset < this.#packetCount;) {
      if (this.#at + 2 > this.#bytes.length) return undefined;
      const chunk = readUint16(this.#bytes, this.#at);
      this.#at += 2;
      if ((chunk & 0x8000) === 0) {
        const count = Math.min(chunk & MAX_RUN, this.#packetCount - offset);
        const status = (chunk >> 13) & 3;
        if (status === 3 || count === 0 || status * count > this.#bytes.length) return undefined;
        if (status !== 0)
          for (let index = 0; index < count; index += 1)
            received.push({ offset: offset + index, status: status === 1 ? 1 : 2 });
        offset += count;
        continue;
      }
      const bits = (chunk & 0x4000) === 0 ? 1 : 2;
      const count = Math.min(14 / bits, this.#packetCount - offset);
      for (let index = 0; index < count; index += 1) {
        const status = (chunk >> (14 - bits * (index + 1))) & (bits === 1 ? 1 : 3);
        if (status === 3) return undefined;
        if (status === 1 || status === 2) received.push({ offset: offset + index, status });
      }
      offset += count;
    }
    return received;
  }
}

/** Packs statuses into chunks as libwebrtc does: greedily, a run where all are alike, else the smallest vector that fits. */
export class ChunkWriter {
  readonly #chunks: number[] = [];
  /** What the next chunk will hold; of a run longer than a vector only its first statuses, with the length beside it. */
  #pending: PacketStatus[] = [];
  #length = 0;
  #isUniform = true;
  #hasLarge = false;

  add(status: PacketStatus): void {
    if (!this.#fits(status)) this.#emit();
    if (this.#length < ONE_BIT_CAPACITY) this.#pending.push(status);
    this.#length += 1;
    this.#isUniform &&= status === this.#pending[0];
    this.#hasLarge ||= status === 2;
  }

  /** All chunks. To be called once, at the end. */
  finish(): readonly number[] {
    if (this.#length > 0) {
      if (this.#isUniform) this.#chunks.push(this.#run());
      else if (this.#length <= TWO_BIT_CAPACITY) this.#chunks.push(this.#twoBits(this.#length));
      else this.#chunks.push(this.#oneBit());
    }
    return this.#chunks;
  }

  #fits(status: PacketStatus): boolean {
    if (this.#length < TWO_BIT_CAPACITY) return true;
    if (this.#length < ONE_BIT_CAPACITY && !this.#hasLarge && status !== 2) return true;
    return this.#length < MAX_RUN && this.#isUniform && status === this.#pending[0];
  }

  #emit(): void {
    if (this.#isUniform) {
      this.#chunks.push(this.#run());
      this.#keep([]);
    } else if (this.#length === ONE_BIT_CAPACITY) {
      this.#chunks.push(this.#oneBit());
      this.#keep([]);
    } else {
      this.#chunks.push(this.#twoBits(TWO_BIT_CAPACITY));
      this.#keep(this.#pending.slice(TWO_BIT_CAPACITY));
    }
  }

  #keep(statuses: PacketStatus[]): void {
    this.#pending = statuses;
    this.#length = statuses.length;
    this.#isUniform = statuses.every((status) => status === statuses[0]);
    this.#hasLarge = statuses.includes(2);
  }

  #run(): number {
    return ((this.#pending[0] ?? 0) << 13) | this.#length;
  }

  #oneBit(): number {
    return this.#pending.reduce<number>((chunk, status, index) => chunk | (status << (13 - index)), 0x8000);
  }

  #twoBits(count: number): number {
    return this.#pending
      .slice(0, count)
      .reduce<number>((chunk, status, index) => chunk | (status << (12 - 2 * index)), 0xc000);
  }
}
