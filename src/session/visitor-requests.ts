import { type ClientRequest, parseClientRequest } from "../protocol/client-request.ts";
import { MessageJoiner } from "../protocol/message-pieces.ts";

export interface VisitorRequestsOptions {
  readonly setInputs: (values: readonly unknown[]) => void;
  readonly showOutputs: () => void;
  readonly tellStats: () => void;
}

/** Reads what a page asks of its session on the data channel. */
export class VisitorRequests {
  readonly #joiner = new MessageJoiner();
  readonly #options: VisitorRequestsOptions;

  constructor(options: VisitorRequestsOptions) {
    this.#options = options;
  }

  /** Takes a message of the client; false when it is none of these requests. */
  take(text: string): boolean {
    const whole = this.#joiner.push(text);
    if (whole === undefined) return true;
    const request = parseClientRequest(whole);
    if (request) this.#answer(request);
    return request !== undefined;
  }

  #answer(request: ClientRequest): void {
    switch (request.type) {
      case "set_input":
        this.#options.setInputs(request.values);
        return;
      case "show_outputs":
        this.#options.showOutputs();
        return;
      case "stats":
        this.#options.tellStats();
        return;
    }
  }
}
