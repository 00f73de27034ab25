import { posix } from "node:path";
import { type ParsedModule, parseModule } from "./parsed-module.ts";

/** Source files by their path in the project, such as `src/media/video-frame.ts`. */
export type SourceTree = ReadonlyMap<string, string>;

/** Folders without I/O, clock, randomness and Node: they run in a browser and in a test with injected time alike. */
const PURE_FOLDERS = ["media", "rtp", "protocol", "ui"];
const LEAVES = ["errors", "async", ...PURE_FOLDERS];

/**
 * Which part of src/ may import which. A part is a folder, one transport, or a file at the top; it may always import
 * itself. Whatever is not named here may not be imported.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [],
  async: ["errors"],
  ...Object.fromEntries(PURE_FOLDERS.map((folder) => [folder, ["errors", "async"]])),
  codecs: LEAVES,
  session: LEAVES,
  sockets: LEAVES,
  handlers: [...LEAVES, "codecs", "session"],
  speech: [...LEAVES, "codecs", "session"],
  "transports/*": [...LEAVES, "codecs", "session", "sockets"],
  turns: [...LEAVES, "codecs", "session", "handlers", "speech"],
  "stream-options": [...LEAVES, "codecs", "session", "handlers", "speech", "turns", "server"],
  "stream-access": [...LEAVES, "session", "server", "stream-options"],
  "stream-offers": [...LEAVES, "session", "server", "transports/webrtc"],
  server: [...LEAVES, "version", "codecs", "session", "sockets"],
  frameworks: [...LEAVES, "version", "codecs", "session", "sockets", "server"],
  fastphone: [...LEAVES, "version", "service-request", "codecs", "session", "sockets", "server"],
  "stream-sockets": [...LEAVES, "session", "sockets", "server", "transports/websocket", "transports/telephone"],
  "stream-sip": [...LEAVES, "session", "transports/sip"],
  stream: ["*"],
  index: ["*"],
  "service-request": LEAVES,
  "turn-credentials": [...LEAVES, "service-request"],
  "phone-calls": [...LEAVES, "service-request"],
  testing: ["*"],
  cli: ["*"],
  client: ["errors", "async", "media", "protocol", "ui"],
};

/** Packages that only some files may know, so that another engine can take their place. */
const PACKAGE_OWNERS: Readonly<Record<string, RegExp>> = {
  "node-av": /^src\/codecs\//,
  "libopus-wasm": /^src\/codecs\//,
  "node-datachannel":
    /^src\/transports\/webrtc\/((node-datachannel|engine)-[a-z-]+|native-data-channel|probe-ice-server)\.ts$/,
};

/** The files that import what only the user knows: the module of a handler that runs in a worker, and that of an app. */
const USER_MODULE_LOADERS = ["src/handlers/worker/worker-entry.ts", "src/cli/app/load-app.ts"];

/** Packages without I/O that pure folders may use: schemas for what comes over the network. */
const PURE_PACKAGES = ["zod", "@standard-schema/spec"];

const IMPURE_GLOBALS =
  /^(Buffer|process|global|require|__dirname|__filename|console|performance|crypto|fetch|navigator|window|document|location|XMLHttpRequest|WebSocket|Worker|setTimeout|setInterval|setImmediate|queueMicrotask|Date\.now|Date\(\)|Math\.random)(\.|$)/;
const CLOCK_READS = /^(Date\.now|Date\(\)|performance\.now|process\.hrtime)$/;
const NODE_GLOBALS = /^(Buffer|process|global|require|__dirname|__filename|setImmediate)(\.|$)/;

/** The one file that reads the clock. */
const CLOCK_FILE = "src/async/clock.ts";

/** Everything in these files that breaks the rules, one sentence each; nothing when the architecture holds. */
export function architectureViolations(tree: SourceTree): readonly string[] {
  const modules = new Map([...tree].map(([path, source]) => [path, parseModule(path, source)]));
  return [...[...modules].flatMap(([path, module]) => [...moduleViolations(path, module)]), ...cycles(modules)];
}

function* moduleViolations(path: string, module: ParsedModule): Generator<string> {
  for (const { specifier, line } of module.references) {
    const problem = specifier.startsWith(".")
      ? relativeImportProblem(path, resolve(path, specifier))
      : packageImportProblem(path, specifier);
    if (problem !== undefined) yield `${path}:${line} ${problem}`;
  }
  for (const { name, line } of module.globals) {
    const problem = globalProblem(path, name);
    if (problem !== undefined) yield `${path}:${line} ${problem}`;
  }
}

function relativeImportProblem(from: string, to: string): string | undefined {
  const [home] = from.split("/");
  if (home === "examples" || home === "bench") {
    const allowed = to.startsWith(`${home}/`) || (home === "bench" && to.startsWith("scripts/"));
    return allowed ? undefined : `imports ${to}; ${home}/ uses the public doors only`;
  }
  if (home === "web") {
    const allowed = to.startsWith("web/") || to === "src/client/index.ts";
    return allowed ? undefined : `imports ${to}; the page knows nothing but the client, by its public door`;
  }
  if (home !== "src") return undefined;
  if (!to.startsWith("src/")) return `imports ${to}, which lies outside src/`;
  const [source, target] = [partOf(from), partOf(to)];
  if (source === target) return undefined;
  const allowed = MAY_IMPORT[source] ?? MAY_IMPORT[source.replace(/\/.*/, "/*")];
  if (!allowed) return `lies in ${source}, for which there is no rule yet: add one to architecture-rules.ts`;
  if (allowed.includes("*") || allowed.includes(target)) return undefined;
  return `imports ${to}; ${source} may import ${allowed.join(", ") || "nothing"}`;
}

function packageImportProblem(path: string, specifier: string): string | undefined {
  if (!path.startsWith("src/")) return undefined;
  if (specifier === "(computed)" && !USER_MODULE_LOADERS.includes(path))
    return "imports a computed module, which nobody can check";
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const owner = PACKAGE_OWNERS[name];
  if (owner && !owner.test(path)) return `imports ${name}, which only ${owner.source} may know`;
  if (isPure(path) && !PURE_PACKAGES.includes(name)) return `imports ${specifier}; ${partOf(path)} is pure`;
  if (partOf(path) === "client" && specifier.startsWith("node:"))
    return `imports ${specifier}; the client runs in a browser`;
  return undefined;
}

function globalProblem(path: string, name: string): string | undefined {
  if (!path.startsWith("src/") || path === CLOCK_FILE) return undefined;
  if (partOf(path) === "client")
    return NODE_GLOBALS.test(name) ? `uses ${name}; the client runs in a browser` : undefined;
  if (isPure(path) && IMPURE_GLOBALS.test(name)) return `uses ${name}; ${partOf(path)} is pure`;
  if (CLOCK_READS.test(name)) return `reads ${name}; take a Clock as an argument`;
  return undefined;
}

function isPure(path: string): boolean {
  return LEAVES.includes(partOf(path));
}

/** The part of src/ that a file belongs to: `media`, `transports/webrtc`, or `errors` for `src/errors.ts`. */
function partOf(path: string): string {
  const [, folder = "", file] = path.split("/");
  if (file === undefined) return folder.replace(/\.ts$/, "");
  return folder === "transports" ? `${folder}/${file.replace(/\.ts$/, "")}` : folder;
}

function resolve(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

/** Import cycles, each reported once, from the file where the search met it. */
function cycles(modules: ReadonlyMap<string, ParsedModule>): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) found.push(`import cycle: ${[...trail.slice(seenAt), path].join(" -> ")}`);
    if (seenAt >= 0 || done.has(path)) return;
    trail.push(path);
    for (const { specifier } of modules.get(path)?.references ?? []) {
      if (specifier.startsWith(".")) visit(resolve(path, specifier));
    }
    trail.pop();
    done.add(path);
  };
  for (const path of modules.keys()) visit(path);
  return found;
}
