import { toError } from "../errors.ts";
import type { ShowOutputsMessage } from "../protocol/client-request.ts";
import { splitMessage } from "../protocol/message-pieces.ts";
import type { AdditionalInput } from "../ui/additional-input.ts";
import { type AdditionalOutput, parseOutputs } from "../ui/additional-output.ts";
import { Component } from "../ui/component.ts";
import type { AdditionalOutputs } from "./additional-outputs.ts";
import { runInSession } from "./context.ts";
import type { Session } from "./session.ts";

/** How a Stream's additional outputs are shown. */
export interface ShownOutputsOptions {
  readonly outputs: readonly AdditionalOutput[];
  readonly inputs: readonly AdditionalInput[];
  /** The stream's `additionalOutputsHandler`. @default what was given is shown as it is */
  readonly handler?: ((...args: unknown[]) => unknown) | undefined;
}

/**
 * What a page shows of its session's additional outputs: the stream's `additionalOutputsHandler` makes it of what is shown now
 * and what was given. It begins when the page asks, with what was given before, up to 256 of it; one call waits for the other, and
 * meanwhile as many wait. An error costs one change of the page alone.
 */
export class ShownOutputs {
  readonly #options: ShownOutputsOptions;
  readonly #session: Session;
  /** From the beginning of the session: a page asks a moment later. */
  readonly #given: AsyncIterable<AdditionalOutputs>;
  #shown: readonly unknown[];
  #begun = false;
  #changed = false;

  constructor(session: Session, options: ShownOutputsOptions) {
    this.#session = session;
    this.#options = options;
    this.#given = session.outputs.follow();
    this.#shown = options.outputs.map(firstValue);
  }

  /** The page asks to be shown them; one that asks again, over a new connection, is told how they stand. */
  begin(): void {
    if (this.#begun) {
      if (this.#changed) this.#send();
      return;
    }
    this.#begun = true;
    void runInSession(this.#session, () => this.#showAll()); // It never rejects.
  }

  async #showAll(): Promise<void> {
    for await (const { args } of this.#given) {
      if (this.#session.signal.aborted) return;
      try {
        await this.#show(args);
      } catch (thrown) {
        this.#session.reportError(toError(thrown));
      }
    }
  }

  async #show(given: readonly unknown[]): Promise<void> {
    const { outputs, handler } = this.#options;
    const result = handler ? await handler(...this.#current(), ...given) : outputs.length === 1 ? given[0] : given;
    const values = outputs.length === 1 ? [result] : asList(result);
    this.#shown = await parseOutputs(outputs, values);
    this.#changed = true;
    this.#keepAsInputs();
    this.#send();
  }

  #send(): void {
    const { outputs } = this.#options;
    const message: ShowOutputsMessage = {
      type: "show_outputs",
      data: this.#shown.map((value, index) => (isState(outputs[index]) ? null : value)),
    };
    for (const text of splitMessage(JSON.stringify(message))) this.#session.sendMessage({ type: "custom", text });
  }

  /** What is shown now: in a component that is an input as well, what the visitor has made of it. */
  #current(): readonly unknown[] {
    const { latest } = this.#session.inputs;
    return this.#shown.map((value, index) => {
      const place = this.#inputPlace(index);
      return place < 0 || !latest ? value : latest[place];
    });
  }

  /** What a component shows that is an input as well comes back as input. */
  #keepAsInputs(): void {
    for (const [index, value] of this.#shown.entries()) {
      const place = this.#inputPlace(index);
      if (place >= 0) this.#session.inputs.replace(place, value);
    }
  }

  #inputPlace(index: number): number {
    const { inputs, outputs } = this.#options;
    const output = outputs[index];
    return output === undefined ? -1 : inputs.indexOf(output);
  }
}

function firstValue(output: AdditionalOutput): unknown {
  if (output instanceof Component) return output.initialValue;
  const result = output["~standard"].validate(undefined);
  return result instanceof Promise || result.issues ? undefined : result.value;
}

function isState(output: AdditionalOutput | undefined): boolean {
  return output instanceof Component && output.descriptor.type === "state";
}

function asList(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  throw new TypeError(
    "additionalOutputsHandler has to return a list with one value for each of the additionalOutputs.",
  );
}
