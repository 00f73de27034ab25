import { displayHost } from "../../server/listen.ts";
import { describeLoadError } from "../app/describe-load-error.ts";
import { findApp } from "../app/load-app.ts";
import { LISTEN_OPTIONS, listenOptions } from "../app/listen-options.ts";
import { type RunningApp, startApp } from "../app/running-app.ts";
import { registerTypeScript } from "../app/typescript-loader.ts";
import { type Command, EXIT } from "../command.ts";
import { numberOption } from "../parse-arguments.ts";
import type { Terminal } from "../terminal.ts";
import { untilAborted } from "../until-aborted.ts";

/** Seconds that calls may go on after SIGTERM, unless the option says otherwise: what Kubernetes grants a pod. */
const DRAIN_TIMEOUT_S = 30;

/** `fastrtc serve`: an app in production. */
export const serveCommand: Command = {
  name: "serve",
  usage: "<app.ts> [options]",
  summary: "Serves an app in production, and lets calls end well when it stops",
  description: [
    "Serves the Stream that a module exports (`export default stream`), or the server that it exports beside one",
    "(`export { server, stream }`), or whatever it launches by itself with `stream.ui.launch()`.",
    "",
    "On SIGTERM or Ctrl-C it drains: GET /readyz answers 503, so that a load balancer sends nobody new; new calls are",
    "refused; those that run go on until they end, until their time limit, or until --drain-timeout. The pages of those",
    "that are left then are told so, and the command ends with code 0. A second signal ends it at once.",
  ].join("\n"),
  examples: ["fastrtc serve app.ts --host 0.0.0.0", "fastrtc serve dist/app.js --port 8080 --drain-timeout 600"],
  options: {
    ...LISTEN_OPTIONS,
    "drain-timeout": {
      type: "string",
      value: "<seconds>",
      help: `How long running calls may go on after SIGTERM (default ${DRAIN_TIMEOUT_S})`,
    },
  },
  words: [1, 1],
  async run(args, terminal) {
    const path = await findApp(args.positionals[0] ?? "", terminal.folder);
    const listenTo = listenOptions(args, terminal.environment);
    const timeoutS = numberOption(args, "drain-timeout", { least: 0, most: 86_400 }) ?? DRAIN_TIMEOUT_S;
    registerTypeScript();
    let app: RunningApp;
    try {
      app = await startApp(path, listenTo);
    } catch (thrown) {
      terminal.complain(describeLoadError(thrown, terminal.folder));
      return EXIT.failed;
    }
    const host = displayHost(listenTo.host(undefined));
    terminal.print(`Running on ${app.isSecure ? "https" : "http"}://${host}:${app.port}`);
    await untilAborted(terminal.signal);
    await drain(app, timeoutS, terminal);
    return EXIT.done;
  },
};

async function drain(app: RunningApp, timeoutS: number, terminal: Terminal): Promise<void> {
  const running = app.streams.reduce((sum, stream) => sum + stream.health().sessions, 0);
  if (running > 0) {
    const calls = running === 1 ? "1 call goes" : `${running} calls go`;
    terminal.complain(`Draining: ${calls} on for up to ${timeoutS} s. Ctrl-C once more ends them at once.`);
  }
  // The server goes on answering meanwhile: readyz, candidates, and calls that come back from another network.
  await Promise.all(app.streams.map((stream) => stream.drain({ timeoutS, signal: terminal.hurry })));
  await app.close();
}
