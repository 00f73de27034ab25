import { type Logger, consoleLogger, type StructuredLogger } from "./logger.ts";
import { withoutSignatures } from "./signed-ids.ts";

/** What every line of a logger for machines tells besides its message. */
export interface LogFields {
  /** The session's id, of a signed one without its signature. */
  readonly sessionId?: string;
  readonly transport?: string;
}

type Level = keyof Logger;
type Write = (level: Level, fields: LogFields, message: string, details: readonly unknown[]) => void;

/**
 * The log of a Stream: to the console, to a logger of the console's shape, or as objects to one of pino's. Ids that the server has signed
 * lose their signature, since with it they give power over a session.
 */
export class StreamLog implements Logger {
  readonly #write: Write;
  readonly #fields: LogFields;

  private constructor(write: Write, fields: LogFields) {
    this.#write = write;
    this.#fields = fields;
  }

  /** @param given the option of a Stream; `verbose` counts where there is none */
  static to(given: Logger | StructuredLogger | undefined, { verbose }: { readonly verbose: boolean }): StreamLog {
    if (isStructured(given)) {
      return new StreamLog(
        (level, fields, message, details) => given[level](objectOf(fields, details), tidy(message)),
        {},
      );
    }
    const plain = given ?? consoleLogger({ verbose });
    return new StreamLog((level, _fields, message, details) => plain[level](message, ...details), {});
  }

  /** The same log, whose lines tell these, too. */
  with(fields: LogFields): StreamLog {
    return new StreamLog(this.#write, { ...this.#fields, ...fields });
  }

  debug(message: string, ...details: unknown[]): void {
    this.#line("debug", message, details);
  }

  info(message: string, ...details: unknown[]): void {
    this.#line("info", message, details);
  }

  warn(message: string, ...details: unknown[]): void {
    this.#line("warn", message, details);
  }

  error(message: string, ...details: unknown[]): void {
    this.#line("error", message, details);
  }

  #line(level: Level, message: string, details: readonly unknown[]): void {
    this.#write(level, this.#fields, withoutSignatures(message), details);
  }
}

/** pino's own loggers have `bindings`; any other says so of itself. */
function isStructured(logger: Logger | StructuredLogger | undefined): logger is StructuredLogger {
  if (logger === undefined) return false;
  return typeof Reflect.get(logger, "bindings") === "function" || Reflect.get(logger, "structured") === true;
}

/** An error goes by pino's name for it, and has its stack written. */
function objectOf(fields: LogFields, details: readonly unknown[]): object {
  const err = details.find((detail) => detail instanceof Error);
  const rest = details.filter((detail) => detail !== err);
  return { ...fields, ...(err && { err }), ...(rest.length > 0 && { details: rest }) };
}

/** A message without the colon that announces its details. */
function tidy(message: string): string {
  return message.replace(/:$/, "");
}
