import type { Logger } from "../session/logger.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Has Ctrl-C and SIGTERM close something and end the process: with code 0, or with 1 when it could not be closed.
 * @returns what takes that back.
 */
export function closeOnSignals(close: () => Promise<void>, logger: Logger): () => void {
  const onSignal = (): void => {
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error("the server could not be closed cleanly:", error);
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
