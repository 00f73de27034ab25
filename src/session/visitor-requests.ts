import { type ClientRequest, parseClientRequest } from "../protocol/client-request.ts";
import { MessageJoiner } from "../protocol/message-pieces.ts";

export interface VisitorRequestsOptions {
  /** Whether requests are answered; else they are texts like any other. */
  readonly isAnswered: boolean;
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

  /**
   * Takes a text of the client. What is none of these requests comes back whole, for the application; undefined for what is, and while
   * pieces of a long text are missing.
   */
  take(text: string): string | undefined {
    const whole = this.#joiner.push(text);
    const request = whole !== undefined && this.#options.isAnswered ? parseClientRequest(whole) : undefined;
    if (!request) return whole;
    this.#answer(request);
    return undefined;
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
