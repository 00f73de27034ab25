import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../command.ts";

/** What the module of an app exports, by name. */
export type AppModule = Readonly<Record<string, unknown>>;

/**
 * The path of an app's module.
 * @throws {UsageError} when there is no such file.
 */
export async function findApp(typed: string, folder: string): Promise<string> {
  const path = resolve(folder, typed);
  try {
    await access(path);
  } catch (cause) {
    throw new UsageError(`There is no ${typed} in ${folder}. \`fastrtc init\` makes an app to begin with.`, { cause });
  }
  return path;
}

/** Imports the module of an app; rejects with whatever goes wrong in it. */
export async function loadApp(path: string): Promise<AppModule> {
  return (await import(pathToFileURL(path).href)) as AppModule;
}
