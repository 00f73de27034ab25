// The process of an app under `fastrtc dev`: it loads this package, waits to be told which app, and runs that.
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { toError } from "../../errors.ts";
// oxlint-disable-next-line import/no-unassigned-import -- so that the app's own import finds it loaded
import "../../index.ts";
import { warmUp } from "../../transports/webrtc/warm-up.ts";
import { describeLoadError } from "../app/describe-load-error.ts";
import { type RunningApp, startApp } from "../app/running-app.ts";
import { registerTypeScript } from "../app/typescript-loader.ts";
import type { FromApp, ToApp } from "./app-messages.ts";

/** This package's own files, which are no part of the app. */
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));

let app: RunningApp | undefined;

const say = (message: FromApp): void => void process.send?.(message);

// A Ctrl-C in the terminal reaches this process too: the command says when to end.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit(0));
process.on("message", (message: ToApp) => {
  if (message.type === "run") void run(message.path, message.folder);
  else void stop();
});
// All of this before there is an app: it takes most of the time.
registerTypeScript((url) => {
  const file = url.startsWith("file:") ? fileURLToPath(url) : "";
  const isOfApp = !file.startsWith(PACKAGE) && !file.includes(`${sep}node_modules${sep}`);
  if (file !== "" && isOfApp) say({ type: "imported", path: file });
});
warmUp().catch(() => undefined); // Launching asks for the same, and rejects.

async function run(path: string, folder: string): Promise<void> {
  try {
    app = await startApp(path, { port: () => 0, host: () => "127.0.0.1" });
    say({ type: "running", port: app.port, isSecure: app.isSecure });
  } catch (thrown) {
    say({ type: "failed", text: describeLoadError(thrown, folder) });
  }
}

async function stop(): Promise<void> {
  try {
    await app?.close();
    process.exit(0);
  } catch (thrown) {
    process.stderr.write(`The app could not be closed cleanly: ${toError(thrown).message}\n`);
    process.exit(1);
  }
}
