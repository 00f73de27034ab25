import { resolve } from "node:path";
import { systemClock } from "../../async/clock.ts";
import { displayHost } from "../../server/listen.ts";
import { findApp } from "../app/load-app.ts";
import { LISTEN_OPTIONS, listenOptions } from "../app/listen-options.ts";
import { type Command, EXIT } from "../command.ts";
import { textOptions } from "../parse-arguments.ts";
import { untilAborted } from "../until-aborted.ts";
import { AppSupervisor } from "./app-supervisor.ts";
import { DevServer } from "./dev-server.ts";
import { SourceWatch } from "./source-watch.ts";

/** `fastrtc dev`: an app while it is written. */
export const devCommand: Command = {
  name: "dev",
  usage: "<app.ts> [options]",
  summary: "Serves an app while you write it: every change is on the page within a second",
  description: [
    "Serves an app and starts it anew whenever one of its files changes. The page in the browser reloads by itself, and a",
    "call that ran goes on. An app that does not compile, or throws, says why in the terminal and on the page, until it is",
    "mended. TypeScript needs no build, whatever the version of Node.",
    "",
    "An app is a module that exports a Stream (`export default stream`), or a server of node:http beside one",
    "(`export { server, stream }`, the server not listening yet), or that calls `stream.ui.launch()`.",
  ].join("\n"),
  examples: ["fastrtc dev app.ts", "fastrtc dev app.ts --port 3000 --watch prompts"],
  options: {
    ...LISTEN_OPTIONS,
    watch: {
      type: "string",
      short: "w",
      multiple: true,
      value: "<folder>",
      help: "One more folder whose sources (.ts, .js, .json, .env) start the app anew; may be repeated",
    },
  },
  words: [1, 1],
  async run(args, terminal) {
    const path = await findApp(args.positionals[0] ?? "", terminal.folder);
    const listenTo = listenOptions(args, terminal.environment);
    const [port, host] = [listenTo.port(undefined), listenTo.host(undefined)];
    let startedAtMs = systemClock.nowMs();
    using watch = new SourceWatch({
      complain: (text) => terminal.complain(text),
      onChange: (name) => {
        terminal.print(`${name} has changed.`);
        startedAtMs = systemClock.nowMs();
        void app.restart();
      },
    });
    await using app: AppSupervisor = new AppSupervisor({
      path,
      folder: terminal.folder,
      complain: (text) => terminal.complain(text.trimEnd()),
      onImported: (imported) => watch.add(imported),
      onState: (state) => {
        server.tell(state);
        if (state.type === "failed") terminal.complain(`The app does not run:\n${state.text}`);
        if (state.type === "running")
          terminal.print(`The app runs, after ${Math.round(systemClock.nowMs() - startedAtMs)} ms.`);
      },
    });
    await using server: DevServer = new DevServer(app);
    const actualPort = await server.listen(port, host);
    terminal.print(`Running on http://${displayHost(host)}:${actualPort}`);
    watch.add(path);
    for (const folder of textOptions(args, "watch")) watch.addFolder(resolve(terminal.folder, folder));
    await app.restart();
    await untilAborted(terminal.signal);
    return EXIT.done;
  },
};
