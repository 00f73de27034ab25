/** How many idle buffers of one size a pool keeps; more are left to the garbage collector. */
const KEPT_PER_SIZE = 6;

/**
 * Recycles picture buffers. Half a megabyte of garbage per frame costs several per cent of a core,
 * so a peer's frames come from its pool and go back to it once they have been sent.
 */
export class FramePool {
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
    let idle = this.#idle.get(buffer.byteLength);
    if (!idle) {
      // A new picture size makes the old buffers useless: keep at most two sizes around.
      if (this.#idle.size >= 2) this.#idle.clear();
      idle = [];
      this.#idle.set(buffer.byteLength, idle);
    }
    if (idle.length < KEPT_PER_SIZE) idle.push(buffer);
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
    this.#buffers.push(buffer);
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
