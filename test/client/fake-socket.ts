import type { SoundDevice, SoundDeviceOptions } from "../../src/client/sound/sound-device.ts";
import { FakeTrack } from "./fake-browser.ts";

/** A WebSocket whose far end is the test. */
export class FakeSocket extends EventTarget {
  readonly url: URL;
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "blob";
  isClosed = false;
  readonly sent: (string | Uint8Array)[] = [];

  constructor(url: URL) {
    super();
    this.url = url;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.isClosed = true;
    this.readyState = 3;
  }

  /** The text messages that were sent, parsed. */
  get messages(): unknown[] {
    return this.sent.filter((data) => typeof data === "string").map((data) => JSON.parse(data) as unknown);
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  receive(data: object): void {
    this.dispatchEvent(
      Object.assign(new Event("message"), { data: data instanceof ArrayBuffer ? data : JSON.stringify(data) }),
    );
  }

  end(wasClean: boolean): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { wasClean }));
  }
}

/** Sound that is played to nobody, at 24 kHz. */
export class FakeSound implements SoundDevice {
  readonly sampleRate = 24_000;
  readonly output = new FakeTrack("audio") as unknown as MediaStreamTrack;
  readonly options: SoundDeviceOptions;
  readonly played: number[][] = [];
  recorded: unknown;
  clearCount = 0;
  isClosed = false;

  constructor(options: SoundDeviceOptions) {
    this.options = options;
  }

  record(track: MediaStreamTrack): void {
    this.recorded = track;
  }

  play(samples: Float32Array): void {
    this.played.push([...samples]);
  }

  clear(): void {
    this.clearCount += 1;
  }

  close(): void {
    this.isClosed = true;
  }
}
