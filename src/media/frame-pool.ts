/** How many idle buffers of one size a pool keeps; more are left to the garbage collector. */
const KEPT_PER_SIZE = 6;

/** How many sizes a pool keeps buffers of: a decoded picture's, and those a handler makes of it (crop, resize ...). */
const KEPT_SIZES = 4;

/**
 * Recycles picture buffers. Half a megabyte of garbage per frame costs several per cent of a core,
 * so a peer's frames come from its pool and go back to it once they have been sent.
 */
export class FramePool {
  /** Idle buffers by size, the size that was longest out of use first. */
  readonly #idle = new Map<number, Uint8Array<ArrayBuffer>[]>();
  #closed = false;

  /** A loan: whatever it allocates goes back to the pool in one step. */
  lease(): FrameLease {
    return new FrameLease(this);
  }

  /** @internal Called by a lease. */
  take(byteLength: number): Uint8Array<ArrayBuffer> {
    return this.#idle.get(byteLength)?.pop() ?? new Uint8Array(byteLength);
  }

  /** @internal Called by a lease. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#closed) return;
    const idle = this.#idle.get(buffer.byteLength) ?? [];
    this.#idle.delete(buffer.byteLength);
    this.#idle.set(buffer.byteLength, idle);
    if (idle.length < KEPT_PER_SIZE) idle.push(buffer);
    if (this.#idle.size > KEPT_SIZES) {
      // The stream changed its size: the buffers that nothing asked for lately are useless.
      for (const leastRecent of this.#idle.keys()) {
        this.#idle.delete(leastRecent);
        break;
      }
    }
  }

  /** Forgets the idle buffers; leases that are still out stay valid. */
  close(): void {
    this.#closed = true;
    this.#idle.clear();
  }
}

/**
 * The lifetime of one camera frame and of every frame made from it. `release` ends all of them;
 * reading one of them afterwards throws, because its memory may already hold another picture.
 */
export class FrameLease {
  readonly #pool: FramePool;
  readonly #buffers: Uint8Array<ArrayBuffer>[] = [];
  #released = false;

  constructor(pool: FramePool) {
    this.#pool = pool;
  }

  get released(): boolean {
    return this.#released;
  }

  /** A buffer of exactly `byteLength` bytes, with unspecified contents. */
  allocate(byteLength: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#pool.take(byteLength);
    // After the release nobody would give it back: it belongs to the garbage collector.
    if (!this.#released) this.#buffers.push(buffer);
    return buffer;
  }

  /** Gives every buffer back. Harmless when repeated. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    for (const buffer of this.#buffers) this.#pool.giveBack(buffer);
    this.#buffers.length = 0;
  }
}
