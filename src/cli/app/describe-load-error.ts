import { FastRtcError, toError } from "../../errors.ts";

/** What the user is told of an app that could not be loaded: what is wrong and where, without the frames of loaders. */
export function describeLoadError(thrown: unknown, folder: string): string {
  const error = toError(thrown);
  if (error instanceof FastRtcError || error.name === "FastRtcError") return error.message;
  const message = shorten(error.message, folder);
  if (isOfCommonJs(error)) {
    return (
      `${message}\nThe package.json beside the app does not say that its modules are ES modules, which an app needs. ` +
      "Run: npm pkg set type=module"
    );
  }
  if (error.message.startsWith("Transform failed")) return message; // It has the place, and the frames are esbuild's.
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const ours = frames.findIndex((line) => line.includes(" loadApp "));
  const own = (ours < 0 ? frames : frames.slice(0, ours))
    .filter((line) => !/node:|node_modules/.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => shorten(line, folder));
  return [`${error.name}: ${message}`, ...own].join("\n");
}

/** Whether it comes of an app that is read as CommonJS: `npm init` makes a package.json for that. */
function isOfCommonJs({ message }: Error): boolean {
  if (message.includes("Top-level await is currently not supported")) return true;
  // What `require` says of a package of ES modules alone; `import` would add who imported it.
  return message.startsWith('No "exports" main defined in ') && !message.includes(" imported from ");
}

/** Frames of the app's own code that help; more of them do not. */
const MAX_FRAMES = 8;

function shorten(text: string, folder: string): string {
  return text.replaceAll(`file://${folder}/`, "").replaceAll(`${folder}/`, "");
}
