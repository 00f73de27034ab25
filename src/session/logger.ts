/** Where this package writes what happened. The global `console` is one. */
export interface Logger {
  debug(message: string, ...details: unknown[]): void;
  info(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}

/**
 * A logger for machines, of pino's shape: pino's own, as Fastify's `app.log`, are known by their `bindings`; any other says of itself that it is
 * structured. Each line has `sessionId` and `transport` where it is about a session, and `err` where something failed.
 */
export interface StructuredLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** pino's. */
  bindings?(): object;
  /** For loggers that are not pino's. */
  readonly structured?: true;
}

/**
 * The logger of a Stream that was given none: warnings and errors go to the console,
 * and with `verbose` the life of every session too.
 */
export function consoleLogger({ verbose }: { verbose: boolean }): Logger {
  const write =
    (level: keyof Logger) =>
    (message: string, ...details: unknown[]): void =>
      console[level](`fastrtc: ${message}`, ...details);
  const ignore = (): void => {};
  return {
    debug: verbose ? write("debug") : ignore,
    info: verbose ? write("info") : ignore,
    warn: write("warn"),
    error: write("error"),
  };
}
