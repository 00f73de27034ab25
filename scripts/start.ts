// `npm start`: builds what is missing or older than its sources, then serves the flip-webcam example.
// The example runs in this very process, so that Ctrl-C and the exit code are the server's own.
import { BuildError, buildWhatIsStale } from "./build-package.ts";
import { PROJECT } from "./project.ts";

const example = new URL("examples/flip-webcam.ts", PROJECT);

try {
  await buildWhatIsStale((name) => console.log(`Building the ${name} ...`));
  await import(example.href);
} catch (error) {
  if (!isExpected(error)) throw error;
  console.error(error.message);
  process.exit(1);
}

/** Whether the message says all that the reader needs: a source that does not compile, a port that is taken. */
function isExpected(error: unknown): error is Error {
  return error instanceof BuildError || (error instanceof Error && error.name === "FastRtcError");
}
