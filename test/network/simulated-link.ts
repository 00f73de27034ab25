import { LinkModel, type LinkModelOptions } from "./link-model.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface SimulatedLinkOptions extends LinkModelOptions {
  readonly time: VirtualTime;
  /** Called with a copy of each packet that arrives, when it does. */
  readonly deliver: (packet: Uint8Array<ArrayBuffer>, nowMs: number) => void;
}

/** Counters since the beginning; bytes are those of the packets, without overhead where nothing else is said. */
export interface LinkCounts {
  sentPackets: number;
  sentBytes: number;
  /** Duplicates included. */
  deliveredPackets: number;
  deliveredBytes: number;
  lostPackets: number;
  droppedPackets: number;
  /** Bytes that passed the bottleneck, overhead and what was lost behind it included. */
  passedBytes: number;
  /** The longest that a packet waited for the bottleneck, in milliseconds. */
  longestQueueMs: number;
}

/** One direction of a network on virtual time: what is sent arrives later, or never. */
export class SimulatedLink {
  readonly counts: LinkCounts = {
    sentPackets: 0,
    sentBytes: 0,
    deliveredPackets: 0,
    deliveredBytes: 0,
    lostPackets: 0,
    droppedPackets: 0,
    passedBytes: 0,
    longestQueueMs: 0,
  };
  readonly #time: VirtualTime;
  readonly #model: LinkModel;
  readonly #deliver: SimulatedLinkOptions["deliver"];

  constructor({ time, deliver, ...model }: SimulatedLinkOptions) {
    this.#time = time;
    this.#model = new LinkModel(model);
    this.#deliver = deliver;
  }

  /** How long a packet sent now would wait for the bottleneck, in milliseconds. */
  get queueMs(): number {
    return this.#model.queueMsAt(this.#time.nowMs());
  }

  /** Bits per second that pass at present. */
  get rateBps(): number {
    return this.#model.conditionsAt(this.#time.nowMs()).rateBps ?? Infinity;
  }

  send(packet: Uint8Array): void {
    const { counts } = this;
    const fate = this.#model.transmit(packet.length, this.#time.nowMs());
    counts.sentPackets += 1;
    counts.sentBytes += packet.length;
    if (fate.type === "dropped") {
      counts.droppedPackets += 1;
      return;
    }
    counts.longestQueueMs = Math.max(counts.longestQueueMs, fate.queuedMs);
    this.#time.at(fate.passedMs, () => {
      counts.passedBytes += fate.wireBytes;
    });
    if (fate.type === "lost") {
      counts.lostPackets += 1;
      return;
    }
    for (const arrivalMs of fate.arrivalsMs) {
      const copy = new Uint8Array(packet);
      this.#time.at(arrivalMs, () => {
        counts.deliveredPackets += 1;
        counts.deliveredBytes += copy.length;
        this.#deliver(copy, this.#time.nowMs());
      });
    }
  }
}
