import { BoundedQueue } from "../../async/bounded-queue.ts";
import type { VideoFrame } from "../../media/video-frame.ts";

/** The peer's pictures, for one worker after the other: one that dies while it waits for a picture leaves it to the next. */
export class FrameSource {
  #frames: AsyncIterator<VideoFrame, unknown>;
  #coming: Promise<IteratorResult<VideoFrame, unknown>> | undefined;
  #kept: BoundedQueue<VideoFrame> | undefined;

  constructor(frames: AsyncIterable<VideoFrame>) {
    this.#frames = frames[Symbol.asyncIterator]();
  }

  /** From now on as many pictures wait as that, not the newest alone; beyond it the oldest are dropped. To be said before the first is taken. */
  keep(capacity: number): void {
    if (capacity <= 1 || this.#kept) return;
    const frames = this.#frames;
    const kept = new BoundedQueue<VideoFrame>({
      capacity,
      overflow: "drop-oldest",
      onDrop: (frame) => frame.release(),
    });
    this.#kept = kept;
    this.#frames = kept[Symbol.asyncIterator]();
    const fill = async (): Promise<void> => {
      for (let next = await frames.next(); !next.done; next = await frames.next()) kept.push(next.value);
      kept.finish();
    };
    void fill(); // A session's pictures end and do not fail.
  }

  /** Waits for the next picture and takes it, unless `isWanted` says by then that it is not. Undefined when there is none. */
  async next(isWanted: () => boolean): Promise<VideoFrame | undefined> {
    this.#coming ??= this.#frames.next();
    const { done, value } = await this.#coming;
    if (done || !isWanted()) return undefined;
    this.#coming = undefined;
    return value;
  }

  /** Gives back the pictures that nobody will take. */
  close(): void {
    this.#kept?.end();
    void this.#coming?.then(({ done, value }) => {
      if (!done) value.release();
    });
    this.#coming = undefined;
  }
}
