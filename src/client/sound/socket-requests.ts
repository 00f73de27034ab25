import type { RequestDataChannel } from "../request-channel.ts";

/** A WebSocket in the place of a data channel: texts go in messages of their own, beside the sound. */
export class SocketRequests extends EventTarget implements RequestDataChannel {
  readyState: RTCDataChannelState = "connecting";
  /** The socket's own buffer is bounded by what a request may hold. */
  readonly bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  readonly #sendText: (text: string) => void;

  constructor(sendText: (text: string) => void) {
    super();
    this.#sendText = sendText;
  }

  /** The server takes messages from now on. */
  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  send(data: unknown): void {
    if (typeof data === "string") this.#sendText(data);
  }
}
