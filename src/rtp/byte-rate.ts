const BUCKET_MS = 100;
const BUCKETS = 10;

/** How many bits per second have passed over the last second, for dividing the estimate of draft-ietf-rmcat-gcc-02 among sound, repair and pictures. */
export class ByteRate {
  readonly #buckets = Array.from({ length: BUCKETS }, () => 0);
  #sum = 0;
  #bucket: number | undefined;

  add(byteLength: number, nowMs: number): void {
    this.#advance(nowMs);
    const index = (this.#bucket ?? 0) % BUCKETS;
    this.#buckets[index] = (this.#buckets[index] ?? 0) + byteLength;
    this.#sum += byteLength;
  }

  /** In bits per second. */
  bpsAt(nowMs: number): number {
    this.#advance(nowMs);
    return (this.#sum * 8 * 1000) / (BUCKET_MS * BUCKETS);
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    const passed = Math.min(BUCKETS, bucket - (this.#bucket ?? bucket));
    for (let step = 1; step <= passed; step += 1) {
      const index = (bucket - passed + step) % BUCKETS;
      this.#sum -= this.#buckets[index] ?? 0;
      this.#buckets[index] = 0;
    }
    this.#bucket = Math.max(bucket, this.#bucket ?? bucket);
  }
}
