import { pathToFileURL } from "node:url";
import { FastRtcError, type Stream } from "fastrtc";

/**
 * Serves an example's page when its file was started by itself, at PORT (7860) of HOST (localhost); a file that was imported, by a
 * test say, waits for others to use its stream. In a program of your own: `await stream.ui.launch()`.
 */
export async function runExample(meta: ImportMeta, stream: Pick<Stream, "ui">): Promise<void> {
  await runWhenStarted(meta, () =>
    stream.ui.launch({ port: Number(process.env["PORT"] ?? 7860), host: process.env["HOST"] ?? "127.0.0.1" }),
  );
}

/** The same for a server of one's own; what it cannot do is said in a sentence, without a stack. */
export async function runWhenStarted(meta: ImportMeta, launch: () => Promise<unknown>): Promise<void> {
  const [, program = ""] = process.argv;
  if (pathToFileURL(program).href !== meta.url) return;
  try {
    await launch();
  } catch (error) {
    if (!(error instanceof FastRtcError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
