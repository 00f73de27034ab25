import { createServer } from "node:http";
import { type AudioFrame, Stream, StreamHandler } from "fastrtc";

/** Audio echo over WebSockets, as a process of its own: PORT, HOST and CONCURRENCY_LIMIT from the environment. */
class Echo extends StreamHandler {
  readonly #frames: AudioFrame[] = [];

  constructor() {
    super({ inputSampleRate: 8000, outputSampleRate: 8000 });
  }

  receive(frame: AudioFrame): void {
    this.#frames.push(frame);
  }

  emit(): AudioFrame | null {
    return this.#frames.shift() ?? null;
  }

  copy(): Echo {
    return new Echo();
  }
}

const stream = new Stream({
  handler: new Echo(),
  modality: "audio",
  concurrencyLimit: Number(process.env["CONCURRENCY_LIMIT"]),
});
const server = createServer();
stream.mount(server);
server.listen(Number(process.env["PORT"]), process.env["HOST"] ?? "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
