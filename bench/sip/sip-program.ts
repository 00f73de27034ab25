import { type AudioFrame, Stream, StreamHandler } from "fastrtc";

/** A SIP telephone that sends back what it hears, as a process of its own: PORT from the environment. */
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

const stream = new Stream({ handler: new Echo(), modality: "audio", concurrencyLimit: null });
const phone = await stream.sip({ port: Number(process.env["PORT"]), address: "127.0.0.1" });
console.log(`listening at ${phone.port}`);
// Hangs all calls up.
process.on("SIGTERM", () => void phone.close().then(() => process.exit(0)));
