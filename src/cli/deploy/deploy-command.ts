import { spawn } from "node:child_process";
import { access, constants, readFile, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { nearestName } from "../../session/option-names.ts";
import { describeLoadError } from "../app/describe-load-error.ts";
import { findApp } from "../app/load-app.ts";
import { type RunningApp, startApp } from "../app/running-app.ts";
import { registerTypeScript } from "../app/typescript-loader.ts";
import { type Command, EXIT, UsageError } from "../command.ts";
import { flagOption, numberOption, textOption } from "../parse-arguments.ts";
import type { Terminal } from "../terminal.ts";
import { type AppLimits, appLimits } from "./app-limits.ts";
import { MAX_SCALEDOWN_S, MODAL_APP_MARK, modalApp } from "./modal-app.ts";

const FILE_NAME = "modal_app.py";
/** More than that Modal's containers do not outlive a call by, in seconds. */
const BUFFER_S = 60;

/** `fastrtc deploy modal`: an app in Modal's cloud. */
export const deployCommand: Command = {
  name: "deploy",
  usage: "modal <app.ts> [options]",
  summary: "Brings an app to Modal's cloud",
  description: [
    `Writes ${FILE_NAME} beside the app's package.json, from the Stream's own limits: concurrencyLimit calls per container, which`,
    "stays for timeLimit and a minute after the last request. Then it runs `modal deploy` on it, or `modal serve` with --serve,",
    "if the tool is there (pip install modal && modal setup).",
  ].join("\n"),
  examples: [
    "fastrtc deploy modal app.ts",
    "fastrtc deploy modal app.ts --serve",
    "fastrtc deploy modal app.ts --write",
  ],
  options: {
    serve: {
      type: "boolean",
      help: "Runs `modal serve`: a deployment for as long as this command runs, that follows your changes",
    },
    write: { type: "boolean", help: "Only writes the file" },
    name: { type: "string", value: "<name>", help: "What the app is called on Modal (default: the folder's name)" },
    concurrency: {
      type: "string",
      value: "<calls>",
      help: "Calls per container (default: the Stream's concurrencyLimit)",
    },
    "time-limit": { type: "string", value: "<seconds>", help: "Seconds per call (default: the Stream's timeLimit)" },
  },
  words: [2, 2],
  async run(args, terminal) {
    const [place = "", typed = ""] = args.positionals;
    if (place !== "modal") {
      const hint =
        nearestName(place, ["modal"]) === undefined
          ? "There are pages for others in docs/deploy/."
          : "Did you mean modal?";
      throw new UsageError(`fastrtc deploy knows modal, not ${place}. ${hint}`);
    }
    const path = await findApp(typed, terminal.folder);
    const concurrency = numberOption(args, "concurrency", { least: 1, most: 10_000, whole: true });
    const timeLimit = numberOption(args, "time-limit", { least: 1, most: 86_400 });
    const limits = await readLimits(path, terminal);
    if (!limits) return EXIT.failed;
    const concurrencyLimit = concurrency ?? limits.concurrencyLimit;
    const timeLimitS = timeLimit ?? limits.timeLimitS;
    if (concurrencyLimit === undefined || timeLimitS === undefined) {
      const missing = concurrencyLimit === undefined ? "concurrencyLimit" : "timeLimit";
      throw new UsageError(
        `The Stream has no ${missing}, and Modal needs to know it. Set it in the app, or pass --${concurrencyLimit === undefined ? "concurrency" : "time-limit"}.`,
      );
    }
    const folder = await packageFolder(dirname(path));
    const file = join(folder, FILE_NAME);
    const name = textOption(args, "name") ?? modalName(basename(folder));
    const app = relative(folder, path).replaceAll("\\", "/");
    await writeApp(file, modalApp({ name, app, concurrencyLimit, timeLimitS }));
    terminal.print(
      `Wrote ${relative(terminal.folder, file)}: ${concurrencyLimit} calls per container, ${timeLimitS} s each.`,
    );
    for (const caution of cautions(limits, timeLimitS)) terminal.complain(caution);
    if (flagOption(args, "write")) return EXIT.done;
    return runModal(flagOption(args, "serve") ? "serve" : "deploy", file, terminal);
  },
};

async function readLimits(path: string, terminal: Terminal): Promise<AppLimits | undefined> {
  registerTypeScript();
  let app: RunningApp | undefined;
  try {
    app = await startApp(path, { port: () => 0, host: () => "127.0.0.1" });
    const [stream] = app.streams;
    if (stream) return await appLimits(stream);
    terminal.complain("The app exports a server, but not the Stream on it: write `export { server, stream };`.");
  } catch (thrown) {
    terminal.complain(describeLoadError(thrown, terminal.folder));
  } finally {
    await app?.close();
  }
  return undefined;
}

/** The nearest folder with a package.json: what Modal's image is made of. */
async function packageFolder(from: string): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (await isThere(join(folder, "package.json"), constants.R_OK)) return folder;
    if (dirname(folder) === folder) throw new UsageError(`There is no package.json in ${from} or above. Run: npm init`);
  }
}

async function writeApp(file: string, text: string): Promise<void> {
  const old = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (old !== undefined && !old.startsWith(MODAL_APP_MARK)) {
    throw new UsageError(`${file} was not written by this command, and is left as it is. Rename it, or delete it.`);
  }
  await writeFile(file, text);
}

function cautions({ hasIceServers }: AppLimits, timeLimitS: number): readonly string[] {
  const found: string[] = [];
  if (!hasIceServers) {
    found.push(
      "Modal's containers are behind NAT: give the Stream an rtcConfiguration with a STUN server, such as " +
        "stun:stun.l.google.com:19302, and a TURN server for clients that it does not help.",
    );
  }
  if (timeLimitS + BUFFER_S > MAX_SCALEDOWN_S) {
    found.push(`Modal ends idle containers after ${MAX_SCALEDOWN_S} s at most: calls that last longer may be cut off.`);
  }
  return found;
}

async function runModal(verb: "serve" | "deploy", file: string, terminal: Terminal): Promise<number> {
  const program = await findProgram("modal", terminal.environment["PATH"] ?? "");
  if (program === undefined) {
    terminal.complain(
      `The tool modal is not installed. Run: pip install modal && modal setup && modal ${verb} ${file}`,
    );
    return EXIT.failed;
  }
  terminal.print(`modal ${verb} ${file}`);
  const child = spawn(program, [verb, file], { stdio: "inherit", cwd: dirname(file) });
  // A Ctrl-C in the terminal reaches it as well; a SIGTERM to this process alone does not.
  const stop = (): void => void child.kill("SIGINT");
  terminal.signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      terminal.signal.removeEventListener("abort", stop);
      resolve(code ?? EXIT.failed);
    });
  });
}

async function findProgram(name: string, path: string): Promise<string | undefined> {
  const names = process.platform === "win32" ? [`${name}.exe`] : [name];
  for (const folder of path.split(delimiter).filter((each) => each !== "")) {
    for (const candidate of names) {
      if (await isThere(join(folder, candidate), constants.X_OK)) return join(folder, candidate);
    }
  }
  return undefined;
}

function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** A folder's name as Modal allows it. */
function modalName(folder: string): string {
  return folder.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, 64) || "fastrtc-app";
}
