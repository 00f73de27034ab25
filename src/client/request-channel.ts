import { type ClientRequest, encodeClientRequest } from "../protocol/client-request.ts";
import { splitMessage } from "../protocol/message-pieces.ts";

/** How many bytes may wait in the browser before the next piece of a long message is held back. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** What is used of an `RTCDataChannel`. */
export type RequestDataChannel = Pick<
  RTCDataChannel,
  "readyState" | "bufferedAmount" | "bufferedAmountLowThreshold" | "send" | "addEventListener"
>;

/**
 * Sends what the page asks of its session. Until the channel is open requests wait; of several for the additional inputs that wait,
 * only the newest is sent.
 */
export class RequestChannel {
  readonly #channel: RequestDataChannel;
  readonly #signal: AbortSignal;
  #showsOutputs = false;
  #asksStats = false;
  #inputs: readonly unknown[] | undefined;
  #texts: string[] = [];
  #sending = false;

  constructor(channel: RequestDataChannel, signal: AbortSignal) {
    this.#channel = channel;
    this.#signal = signal;
    channel.addEventListener("open", () => this.#send(), { signal });
  }

  /** Asks to be sent the additional outputs from now on. */
  showOutputs(): void {
    this.#showsOutputs = true;
    this.#send();
  }

  /** Asks how the stream does on the server's side. */
  askStats(): void {
    this.#asksStats = true;
    this.#send();
  }

  setInputs(values: readonly unknown[]): void {
    this.#inputs = values;
    this.#send();
  }

  /** Sends these texts of the application's own, the oldest first, and takes out what is sent. */
  sendTexts(texts: string[]): void {
    this.#texts = texts;
    this.#send();
  }

  #send(): void {
    if (this.#sending || this.#channel.readyState !== "open" || this.#signal.aborted) return;
    void this.#sendAll(); // It never rejects.
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    for (let request = this.#next(); request !== undefined; request = this.#next()) {
      for (const text of splitMessage(request)) {
        await this.#room();
        if (this.#signal.aborted || this.#channel.readyState !== "open") return;
        this.#channel.send(text);
      }
    }
    // In the same step as the last look: what is said from now on is sent anew.
    this.#sending = false;
  }

  /** Texts come last: the handler that gets one has the inputs that were set before it, and its answer is shown. */
  #next(): string | undefined {
    const request = this.#nextRequest();
    return request ? encodeClientRequest(request) : this.#texts.shift();
  }

  #nextRequest(): ClientRequest | undefined {
    if (this.#showsOutputs) {
      this.#showsOutputs = false;
      return { type: "show_outputs" };
    }
    const values = this.#inputs;
    this.#inputs = undefined;
    if (values) return { type: "set_input", values };
    if (!this.#asksStats) return undefined;
    this.#asksStats = false;
    return { type: "stats" };
  }

  /** Waits until the browser has sent most of what it has. */
  async #room(): Promise<void> {
    if (this.#channel.bufferedAmount <= MAX_BUFFERED_BYTES || this.#signal.aborted) return;
    this.#channel.bufferedAmountLowThreshold = MAX_BUFFERED_BYTES / 2;
    await new Promise<void>((resolve) => {
      const done = new AbortController();
      const settle = (): void => {
        done.abort();
        resolve();
      };
      const options = { signal: done.signal };
      this.#channel.addEventListener("bufferedamountlow", settle, options);
      this.#channel.addEventListener("close", settle, options);
      this.#signal.addEventListener("abort", settle, options);
    });
  }
}
