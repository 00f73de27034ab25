import { findChromium } from "./chromium-path.ts";
import { installDebianPackages } from "./debian-packages.ts";

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
  return (await installDebianPackages(["chromium"])) ? findChromium() : undefined;
}
