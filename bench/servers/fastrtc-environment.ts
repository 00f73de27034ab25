import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The release that is measured, with what its flip example needs. */
const PEER_PACKAGES = ["fastrtc==0.0.33", "opencv-python-headless"] as const;

/** The same flip app, written for Python's FastRTC. */
export const peerApp = fileURLToPath(new URL("../peer/flip.py", import.meta.url));

/**
 * A Python interpreter with FastRTC installed, in a virtual environment kept in the user's cache; the first call
 * takes a minute or two. Resolves to the interpreter's path.
 */
export async function preparePeerEnvironment(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "fastrtc-bench", PEER_PACKAGES[0].replace("==", "-"));
  const python = join(folder, "bin", "python");
  const complete = join(folder, "complete");
  if (existsSync(complete)) return python;
  console.log(`Installing ${PEER_PACKAGES.join(" and ")} into ${folder} …`);
  try {
    await run("python3", ["-m", "venv", "--clear", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PEER_PACKAGES]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The peer needs python3 with venv, and pip must reach its packages. ${reason}`, { cause });
  }
  writeFileSync(complete, "");
  return python;
}

/** The versions that the peer runs with, for the report. */
export async function peerVersions(): Promise<string> {
  const script =
    "import importlib.metadata as m, sys; print('fastrtc', m.version('fastrtc'), 'aiortc', m.version('aiortc'), 'Python', sys.version.split()[0])";
  const { stdout } = await run(await preparePeerEnvironment(), ["-c", script]);
  return stdout.trim();
}
