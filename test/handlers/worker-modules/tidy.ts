import { AdditionalOutputs } from "../../../src/session/additional-outputs.ts";
import { getCurrentContext } from "../../../src/session/context.ts";

/** Counts in shared memory how often it was closed, and how often its signal aborted. */
export default async function* tidy(memory: SharedArrayBuffer): AsyncGenerator<AdditionalOutputs> {
  const counts = new Int32Array(memory);
  const { signal } = getCurrentContext();
  signal.addEventListener("abort", () => Atomics.add(counts, 1, 1));
  try {
    yield new AdditionalOutputs("begun");
    for (;;) {
      yield new AdditionalOutputs("next");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    Atomics.add(counts, 0, 1);
  }
}
