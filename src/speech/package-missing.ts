import { FastRtcError, toError } from "../errors.ts";

/**
 * What an `import()` of an optional package that failed means: that it has to be installed, or that it is broken.
 * @param install what to install, as `npm install` takes it.
 */
export function packageMissing(purpose: string, install: string, error: unknown): FastRtcError {
  // Node appends who asked, line by line.
  const [message = ""] = toError(error).message.split("\n");
  return new FastRtcError(
    "missing_package",
    `${purpose} needs packages of its own: npm install ${install}. (${message})`,
    {
      cause: error,
    },
  );
}
