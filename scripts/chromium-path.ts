import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Commands that start Chromium or Chrome, by preference. */
const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

export interface FindChromiumOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
}

/**
 * Finds Chromium or Chrome: what CHROMIUM_PATH names, else what is on the PATH, else what lies in the usual place.
 * @throws {Error} when CHROMIUM_PATH names a file that cannot be run.
 */
export function findChromium({ env = process.env, platform = process.platform }: FindChromiumOptions = {}):
  | string
  | undefined {
  const named = env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which is not a program that can be run.`);
  }
  const suffix = platform === "win32" ? ".exe" : "";
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command + suffix)));
  return [...onPath, ...usualPlaces(env, platform)].find(isProgram);
}

/** Where installers put it when it is not on the PATH. */
function usualPlaces(env: NonNullable<FindChromiumOptions["env"]>, platform: NodeJS.Platform): readonly string[] {
  if (platform === "darwin") {
    return [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
  }
  if (platform !== "win32") return [];
  return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) => {
    const folder = env[name];
    if (folder === undefined) return [];
    return [join(folder, "Google/Chrome/Application/chrome.exe"), join(folder, "Chromium/Application/chrome.exe")];
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
