import { invariant } from "../../errors.ts";

export interface InboundBufferOptions {
  /** How many packets one turn of the event loop may bring. @default 512 */
  capacity?: number;
  /** Called with each packet that was kept, oldest first. */
  deliver: (packet: Uint8Array, arrivalMs: number) => void;
  /** Runs its argument once the packets of this turn have all come. @default setImmediate */
  schedule?: (flush: () => void) => void;
}

/**
 * Collects the packets of one turn of the event loop. The engine queues packets without a bound while the loop is busy and
 * brings them afterwards, up to 1,000 in each turn; of a turn's packets only the newest `capacity` are worth the time, or a server that was late
 * would stay late. The oldest give way. 512 packets are about 1.5 s of a 3 Mbit/s stream.
 */
export class InboundBuffer {
  readonly #packets: (Uint8Array | undefined)[];
  readonly #arrivals: Float64Array;
  readonly #deliver: (packet: Uint8Array, arrivalMs: number) => void;
  readonly #schedule: (flush: () => void) => void;
  readonly #flush = (): void => this.flush();
  #first = 0;
  #length = 0;
  #scheduled = false;
  #shedCount = 0;

  constructor({ capacity = 512, deliver, schedule = setImmediate }: InboundBufferOptions) {
    invariant(Number.isInteger(capacity) && capacity >= 1, "an inbound buffer holds at least one packet");
    this.#packets = Array.from<Uint8Array | undefined>({ length: capacity });
    this.#arrivals = new Float64Array(capacity);
    this.#deliver = deliver;
    this.#schedule = schedule;
  }

  /** How many packets were thrown away. */
  get shedCount(): number {
    return this.#shedCount;
  }

  push(packet: Uint8Array, arrivalMs: number): void {
    const capacity = this.#packets.length;
    if (this.#length === capacity) {
      this.#first = (this.#first + 1) % capacity;
      this.#length -= 1;
      this.#shedCount += 1;
    }
    const at = (this.#first + this.#length) % capacity;
    this.#packets[at] = packet;
    this.#arrivals[at] = arrivalMs;
    this.#length += 1;
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#schedule(this.#flush);
    }
  }

  /** Delivers what has come. Called by `schedule`. */
  flush(): void {
    this.#scheduled = false;
    while (this.#length > 0) {
      const at = this.#first;
      const packet = this.#packets[at];
      invariant(packet, "a packet waits where the buffer says so");
      this.#packets[at] = undefined;
      this.#first = (at + 1) % this.#packets.length;
      this.#length -= 1;
      this.#deliver(packet, this.#arrivals[at] ?? 0);
    }
  }

  /** Forgets what has come, also from within `deliver`. */
  clear(): void {
    this.#packets.fill(undefined);
    this.#length = 0;
  }
}
