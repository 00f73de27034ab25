// `npm start`: builds what is missing or older than its sources, then serves the flip-webcam example.
// The example runs in this very process, so that signals and the exit code are the server's own. That is also why
// package.json says `exec`: without it a shell stays between npm and this process, and dies of a signal in its place.
// Windows has no `exec`, complains in one line, and goes on to the same command without it.
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

// A signal to the whole group arrives twice, directly and forwarded by npm. The first one ends the server; the second
// must not end this process by default before that is done, unless it comes later, because somebody lost patience.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  let firstMs: number | undefined;
  process.on(signal, () => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > 1000) process.exit(code);
  });
}

/** Whether the message says all that the reader needs: a source that does not compile, a port that is taken. */
function isExpected(error: unknown): error is Error {
  return error instanceof BuildError || (error instanceof Error && error.name === "FastRtcError");
}
