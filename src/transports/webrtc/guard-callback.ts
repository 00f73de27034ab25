import { toError } from "../../errors.ts";

/**
 * Makes a callback safe to hand to native code. An exception that leaves a native callback aborts the whole
 * process, beyond the reach of any handler, so this is the only way in: what is thrown goes to `onError`, and when
 * that throws as well, to the process's warnings.
 */
export function guardCallback<Arguments extends unknown[]>(
  callback: (...args: Arguments) => void,
  onError: (error: Error) => void,
): (...args: Arguments) => void {
  return (...args) => {
    try {
      callback(...args);
    } catch (thrown) {
      try {
        onError(toError(thrown));
      } catch (alsoThrown) {
        process.emitWarning(toError(alsoThrown));
      }
    }
  };
}
