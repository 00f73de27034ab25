import type { Worker } from "node:worker_threads";
import { BoundedQueue } from "../async/bounded-queue.ts";
import { FastRtcError, toError } from "../errors.ts";
import { FramePool } from "../media/frame-pool.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import { AdditionalOutputs } from "../session/additional-outputs.ts";
import { CloseStream } from "../session/close-stream.ts";
import { type Identity, identityName } from "../session/identity.ts";
import type { Mode } from "../session/modality.ts";
import type { Emission, HandlerSession, PictureReader } from "../session/peer-handler.ts";
import { FrameSource } from "./worker/frame-source.ts";
import { readSharedPicture, SharedPictureSlot } from "./worker/shared-picture.ts";
import { startWorker } from "./worker/start-worker.ts";
import { type FromWorker, type ToWorker, unshareError } from "./worker/worker-messages.ts";

/** How long a worker may take to finish after its session has ended, in milliseconds; a blocked one is cut off then. */
const GRACE_MS = 1000;
/** How often a worker is started again that dies before it has given anything. */
const MAX_FRUITLESS_STARTS = 3;

/**
 * Runs a handler of pictures in a thread of its own, one for each peer, so that heavy work in it harms no other peer:
 *
 *     new Stream({ handler: new WorkerHandler(new URL("./handler.ts", import.meta.url)), modality: "video", ... })
 *
 * The module's default export is what would otherwise be the handler: a function or generator of pictures, or a
 * VideoStreamHandler. `getCurrentContext`, `warning`, additional inputs and outputs work there as on the main thread; what is
 * given as an output must be something that structured cloning can copy. While it works only the newest picture waits, or every
 * picture, as far as a second's worth goes, where the module's VideoStreamHandler has `skipFrames: false`.
 *
 * A worker takes about a quarter of a second and 30 MB to start, and up to a second more where tsx compiles TypeScript. One that
 * dies is reported and started again; its pictures are missing meanwhile. The Stream itself stays on the main thread.
 */
export class WorkerHandler {
  /** The URL of the handler's module. */
  readonly module: string;

  /**
   * @param module the handler's module, `.js` or `.ts`; TypeScript needs Node 22.18 or tsx
   * @throws {FastRtcError} `invalid_argument` when it is no URL of a file
   */
  constructor(module: URL | string) {
    const text = String(module);
    if (!URL.canParse(text) || new URL(text).protocol !== "file:") {
      throw new FastRtcError(
        "invalid_argument",
        `new WorkerHandler(...) takes the URL of a module, such as new URL("./handler.ts", import.meta.url), not ${text}.`,
      );
    }
    this.module = text;
  }

  /** @internal The handler of one peer. */
  createPeerHandler(mode: Mode): PictureReader {
    const { module } = this;
    return {
      async *video(frames, session): AsyncGenerator<Emission<VideoFrame>, void, undefined> {
        const source = new FrameSource(frames);
        try {
          yield* worked(module, mode, source, session);
        } finally {
          source.close();
        }
      },
    };
  }
}

/** What the workers give, one after the other where one dies. */
async function* worked(
  module: string,
  mode: Mode,
  source: FrameSource,
  session: HandlerSession,
): AsyncGenerator<Emission<VideoFrame>, void, undefined> {
  let fruitless = 0;
  while (!session.signal.aborted) {
    const worker = new HandlerWorker(module, mode, source, session);
    try {
      for await (const emission of worker.emissions()) {
        fruitless = 0;
        yield emission;
      }
      return;
    } catch (thrown) {
      fruitless += 1;
      if (worker.unusable || fruitless >= MAX_FRUITLESS_STARTS) throw thrown;
      session.reportError(toError(thrown));
    } finally {
      worker.end();
    }
  }
}

/** One worker's life. */
class HandlerWorker {
  /** Whether starting it again would not help. */
  unusable = false;
  readonly #worker: Worker;
  readonly #source: FrameSource;
  readonly #session: HandlerSession;
  readonly #slot = new SharedPictureSlot();
  readonly #pool = new FramePool();
  /** What the worker gave; it waits for each to be taken, so that there is one at most, and the word of its end. */
  readonly #given = new BoundedQueue<FromWorker | Error>({ capacity: 4, overflow: "drop-oldest" });
  readonly #stops: (() => void)[] = [];
  #ended = false;

  constructor(module: string, mode: Mode, source: FrameSource, session: HandlerSession) {
    const { webrtcId, transport, headers, identity } = session.context;
    this.#session = session;
    this.#source = source;
    this.#worker = startWorker({
      module,
      mode,
      webrtcId,
      transport,
      headers: [...headers],
      identity: sendable(identity),
      inputs: session.inputs.latest,
    });
    this.#worker.on("message", (message: FromWorker) => this.#onMessage(message));
    this.#worker.once("error", (error) => this.#given.push(toError(error)));
    this.#worker.once("exit", (code) =>
      this.#given.push(new Error(`The worker of ${module} ended by itself, with code ${code}.`)),
    );
    const onAbort = (): void => {
      this.#say({ type: "abort", reason: String(session.signal.reason) });
      this.#given.end();
    };
    session.signal.addEventListener("abort", onAbort, { once: true });
    this.#stops.push(
      () => session.signal.removeEventListener("abort", onAbort),
      session.inputs.onSet(() => this.#say({ type: "inputs", values: session.inputs.latest ?? [] })),
    );
    if (session.signal.aborted) onAbort();
  }

  /** What it gives, until it has nothing more or the session ends. Rejects when it dies. */
  async *emissions(): AsyncGenerator<Emission<VideoFrame>, void, undefined> {
    for await (const given of this.#given) {
      if (given instanceof Error) throw given;
      switch (given.type) {
        case "picture": {
          const lease = this.#pool.lease();
          try {
            yield readSharedPicture(given.picture, lease);
          } finally {
            lease.release();
          }
          this.#say({ type: "taken" });
          break;
        }
        case "outputs":
          yield new AdditionalOutputs(...given.values);
          this.#say({ type: "taken" });
          break;
        case "close-stream":
          yield new CloseStream(given.message);
          break;
        case "unusable":
          this.unusable = true;
          throw unshareError(given.error);
        case "ended":
          return;
        case "loaded":
        case "pull":
        case "message":
        case "error":
          break;
      }
    }
  }

  /** Lets it finish what it does, and cuts it off when that takes too long. */
  end(): void {
    this.#ended = true;
    for (const stop of this.#stops) stop();
    this.#given.end();
    this.#pool.close();
    const cancel = this.#session.clock.after(GRACE_MS, () => void this.#worker.terminate());
    this.#worker.once("exit", cancel);
  }

  #onMessage(message: FromWorker): void {
    switch (message.type) {
      case "loaded":
        this.#source.keep(message.capacity);
        break;
      case "pull":
        // There may be no memory left to share a picture by.
        this.#handOver().catch((thrown: unknown) => this.#session.reportError(toError(thrown)));
        break;
      case "message":
        this.#session.sendMessage(message.message);
        break;
      case "error":
        this.#session.reportError(unshareError(message.error));
        break;
      case "picture":
      case "outputs":
      case "close-stream":
      case "unusable":
      case "ended":
        this.#given.push(message);
        break;
    }
  }

  async #handOver(): Promise<void> {
    const frame = await this.#source.next(() => !this.#ended);
    if (!frame) {
      if (!this.#ended) this.#say({ type: "picture", picture: null });
      return;
    }
    try {
      this.#say({ type: "picture", picture: this.#slot.write(frame) });
    } finally {
      frame.release();
    }
  }

  #say(message: ToWorker): void {
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker is no window
      this.#worker.postMessage(message);
    } catch (thrown) {
      // An additional input that cannot be copied to another thread.
      this.#session.reportError(toError(thrown));
    }
  }
}

/** An identity as a worker can have it: a copy, or where it holds what no thread can be sent, its name alone. */
function sendable(identity: Identity | undefined): Identity | undefined {
  try {
    return structuredClone(identity);
  } catch {
    return identity && { id: identityName(identity) ?? "" };
  }
}
