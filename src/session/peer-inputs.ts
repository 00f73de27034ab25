import { toError } from "../errors.ts";
import { type AdditionalInput, defaultInputs, parseInputs, parseVisitorInputs } from "../ui/additional-input.ts";
import type { Logger } from "./logger.ts";
import { unknownConnection } from "./session-arrivals.ts";
import type { Session } from "./session.ts";

export interface PeerInputsOptions {
  readonly inputs: readonly AdditionalInput[];
  readonly find: (id: string) => Session | undefined;
  readonly logger: Logger;
}

/** The additional inputs of a Stream's peers: with what they begin, and how they are set. */
export class PeerInputs {
  readonly #inputs: readonly AdditionalInput[];
  readonly #find: (id: string) => Session | undefined;
  readonly #logger: Logger;

  constructor({ inputs, find, logger }: PeerInputsOptions) {
    this.#inputs = inputs;
    this.#find = find;
    this.#logger = logger;
  }

  /** The values that a new session begins with; null for none. A schema that takes its time hands them in later, by `begin`. */
  initial(begin: (values: readonly unknown[]) => void): readonly unknown[] | null {
    try {
      const values: unknown = defaultInputs(this.#inputs);
      if (!(values instanceof Promise)) return (values as readonly unknown[] | undefined) ?? null;
      values.then(
        (late: readonly unknown[] | undefined) => late && begin(late),
        (thrown: unknown) => this.#reportDefaults(thrown),
      );
    } catch (thrown) {
      this.#reportDefaults(thrown);
    }
    return null;
  }

  /**
   * Checks values and sets them, at once or as soon as a schema that takes its time agrees; what such a one refuses is
   * reported, so that nobody has to wait for the promise.
   * @throws {FastRtcError} `unknown_connection`; `invalid_argument` with a line for each value at fault.
   */
  set(id: string, values: readonly unknown[]): Promise<void> | undefined {
    const session = this.#find(id);
    if (!session) throw unknownConnection(id);
    const parsed = parseInputs(this.#inputs, values);
    if (!(parsed instanceof Promise)) {
      session.inputs.set(parsed);
      return undefined;
    }
    const setting = parsed.then((late) => session.inputs.set(late));
    setting.catch((thrown: unknown) => session.reportError(toError(thrown)));
    return setting;
  }

  /** What a visitor says to the page: checked and set, or reported. What is not the visitor's to set keeps its value. */
  setByVisitor(session: Session, values: readonly unknown[]): void {
    try {
      const parsed = parseVisitorInputs(this.#inputs, values, session.inputs.latest);
      if (parsed instanceof Promise) {
        parsed.then(
          (late) => session.inputs.set(late),
          (thrown: unknown) => session.reportError(toError(thrown)),
        );
      } else session.inputs.set(parsed);
    } catch (thrown) {
      session.reportError(toError(thrown));
    }
  }

  #reportDefaults(thrown: unknown): void {
    this.#logger.error("an additional input could not say with which value it begins:", toError(thrown));
  }
}
