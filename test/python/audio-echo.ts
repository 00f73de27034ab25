import { type AudioFrame, StreamHandler } from "../../src/index.ts";

/** Sends back what it hears. */
export class AudioEcho extends StreamHandler {
  readonly #heard: AudioFrame[] = [];

  receive(frame: AudioFrame): void {
    this.#heard.push(frame);
    if (this.#heard.length > 50) this.#heard.shift();
  }

  emit(): AudioFrame | null {
    return this.#heard.shift() ?? null;
  }

  copy(): AudioEcho {
    return new AudioEcho();
  }
}
