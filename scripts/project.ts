import { fileURLToPath } from "node:url";

/** The folder of this project, with a slash at its end. */
export const PROJECT = new URL("../", import.meta.url);

/** A path inside this project, as the operating system writes it. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(path, PROJECT));
}
