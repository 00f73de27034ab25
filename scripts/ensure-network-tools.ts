import { installDebianPackages, succeeds } from "./debian-packages.ts";

/** What the tests of real networks, telephones and voices run: each program, with a call that ends at once, and Debian's package of it. */
const TOOLS = [
  { command: "turnserver", args: ["--version"], package: "coturn" },
  { command: "ip", args: ["-V"], package: "iproute2" },
  { command: "nft", args: ["--version"], package: "nftables" },
  { command: "openssl", args: ["version"], package: "openssl" },
  // Neither can be asked for its version without an exit code of its own.
  { command: "sh", args: ["-c", "command -v sipp"], package: "sip-tester" },
  { command: "sh", args: ["-c", "command -v baresip"], package: "baresip-core" },
  { command: "nginx", args: ["-v"], package: "nginx" },
  { command: "espeak-ng", args: ["--version"], package: "espeak-ng" },
  { command: "caddy", args: ["version"], package: "caddy" },
] as const;

/** Sees to coturn, and to what makes networks within this machine. Where they cannot be installed, it says what is missing. */
export async function ensureNetworkTools(): Promise<void> {
  const missing = await findMissing();
  if (missing.length === 0 || ((await installDebianPackages(missing)) && (await findMissing()).length === 0)) return;
  console.log(
    `The tests of TURN, of networks and of proxies will fail: they need Linux, root and ${missing.join(", ")}.`,
  );
}

async function findMissing(): Promise<string[]> {
  const missing: string[] = [];
  for (const { command, args, package: name } of TOOLS) if (!(await succeeds(command, args))) missing.push(name);
  return missing;
}
