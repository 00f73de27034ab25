/** Where this package writes what happened. The global `console` is one. */
export interface Logger {
  debug(message: string, ...details: unknown[]): void;
  info(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
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
