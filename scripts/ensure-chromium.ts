import { findChromium } from "./chromium-path.ts";
import { run } from "./run-tool.ts";

/**
 * The Chromium or Chrome for the browser tests. Where there is none and Debian's package can be installed without
 * asking for a password, it is installed.
 * @throws {Error} whose message says what to install.
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium() ?? (await installChromium());
  if (found === undefined) {
    throw new Error(
      "The browser tests need Chromium or Chrome, and none was found. Install Chromium (on Debian and Ubuntu: " +
        "`sudo apt-get install chromium`) or Chrome, or set CHROMIUM_PATH to the program.",
    );
  }
  return found;
}

async function installChromium(): Promise<string | undefined> {
  if (process.platform !== "linux" || !(await succeeds("apt-get", ["--version"]))) return undefined;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(await succeeds("sudo", ["-n", "true"]))) return undefined;
  console.log("No Chromium or Chrome was found: installing Debian's chromium.");
  const asRoot = isRoot ? [] : ["sudo", "-n"];
  for (const args of [["update"], ["install", "-y", "chromium"]]) {
    const [command = "", ...rest] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
    const { code } = await run(command, rest, { show: true });
    if (code !== 0) throw new Error(`\`apt-get ${args.join(" ")}\` failed; install Chromium or Chrome by hand.`);
  }
  return findChromium();
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await run(command, args)).code === 0;
  } catch {
    return false; // There is no such command.
  }
}
