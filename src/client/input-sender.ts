import { toError } from "../errors.ts";
import { ClientError } from "./client-error.ts";
import type { Link } from "./link.ts";

export interface InputSenderOptions {
  readonly webrtcId: () => string;
  /** The application's own way. @default they go over the link */
  readonly sendInputs: ((webrtcId: string, inputs: readonly unknown[]) => unknown) | undefined;
  readonly onTrouble: (error: ClientError) => void;
}

/** Brings the additional inputs to the server: over the connection itself, or by a route of the application's own. */
export class InputSender {
  readonly #options: InputSenderOptions;
  #inputs: readonly unknown[] | undefined;
  /** A route of the application's own finds no session before. */
  #isConnected = false;

  constructor(options: InputSenderOptions) {
    this.#options = options;
  }

  /** Sends them, now or as soon as there is a way. */
  set(inputs: readonly unknown[], link: Link | undefined): void {
    this.#inputs = inputs;
    this.again(link);
  }

  /** The server asks for them; before they were set nothing is sent. */
  again(link: Link | undefined): void {
    if (!this.#options.sendInputs) this.begin(link);
    else if (this.#isConnected) this.#post();
  }

  /** A new link carries them from now on. */
  begin(link: Link | undefined): void {
    if (this.#inputs && !this.#options.sendInputs) link?.requests.setInputs(this.#inputs);
  }

  /** The server knows this connection from now on. */
  connected(): void {
    this.#isConnected = true;
    this.#post();
  }

  #post(): void {
    const { sendInputs, webrtcId, onTrouble } = this.#options;
    const inputs = this.#inputs;
    if (!sendInputs || !inputs) return;
    Promise.resolve()
      .then(() => sendInputs(webrtcId(), inputs))
      .catch((cause: unknown) => {
        const message = `The inputs could not be sent: ${toError(cause).message}`;
        onTrouble(new ClientError("server_unreachable", message, { cause }));
      });
  }
}
