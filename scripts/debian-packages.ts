import { run } from "./run-tool.ts";

/**
 * Installs packages of Debian or Ubuntu where that needs no password; false where it cannot be done.
 * @throws {Error} when apt-get fails.
 */
export async function installDebianPackages(packages: readonly string[]): Promise<boolean> {
  if (process.platform !== "linux" || !(await succeeds("apt-get", ["--version"]))) return false;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(await succeeds("sudo", ["-n", "true"]))) return false;
  console.log(`Installing from Debian: ${packages.join(", ")}.`);
  const asRoot = isRoot ? [] : ["sudo", "-n"];
  for (const args of [["update"], ["install", "-y", ...packages]]) {
    const [command = "", ...rest] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
    const { code } = await run(command, rest, { show: true });
    if (code !== 0) throw new Error(`\`apt-get ${args.join(" ")}\` failed; install ${packages.join(", ")} by hand.`);
  }
  return true;
}

/** Whether a program is there and ends well. */
export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await run(command, args)).code === 0;
  } catch {
    return false; // There is no such command.
  }
}
