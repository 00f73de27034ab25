import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
let count = 0;

/** How long a command about the network may take, in milliseconds. */
const COMMAND_TIMEOUT_MS = 10_000;

/** Runs `ip` or `nft`, as root; what it says is in the error. */
async function networkCommand(command: string): Promise<void> {
  const [program = "", ...args] = command.split(" ");
  await run(program, args, { timeout: COMMAND_TIMEOUT_MS });
}

/**
 * A network namespace of Linux: a machine of its own as far as the network goes, in which programs can be run. It
 * begins with loopback alone. Needs root.
 */
export class NetworkNamespace implements AsyncDisposable {
  readonly name: string;
  readonly #folders: string[] = [];
  readonly #cables: string[] = [];

  private constructor(name: string) {
    this.name = name;
  }

  static async create(): Promise<NetworkNamespace> {
    count += 1;
    const namespace = new NetworkNamespace(`frtc-${process.pid}-${count}`);
    await networkCommand(`ip netns add ${namespace.name}`);
    await namespace.ip("link set lo up");
    return namespace;
  }

  /** Runs `ip` within. */
  async ip(args: string): Promise<void> {
    await networkCommand(`ip -n ${this.name} ${args}`);
  }

  /** Runs any command within. */
  async run(command: string): Promise<void> {
    await networkCommand(`ip netns exec ${this.name} ${command}`);
  }

  /**
   * Lays a cable from here to another namespace, or to the machine itself; each end has the addresses given for it. It goes
   * when either of its ends does.
   */
  async cable(
    here: readonly string[],
    { to, there }: { readonly to?: NetworkNamespace; readonly there: readonly string[] },
  ): Promise<{ readonly here: string; readonly there: string }> {
    count += 1;
    const names = { here: `fa${process.pid % 100_000}-${count}`, there: `fb${process.pid % 100_000}-${count}` };
    await networkCommand(`ip link add ${names.here} type veth peer name ${names.there}`);
    await networkCommand(`ip link set ${names.here} netns ${this.name}`);
    this.#cables.push(names.here);
    if (to) await networkCommand(`ip link set ${names.there} netns ${to.name}`);
    const far = async (args: string): Promise<void> => (to ? to.ip(args) : networkCommand(`ip ${args}`));
    for (const address of here) await this.ip(`addr add ${address} dev ${names.here}${flags(address)}`);
    for (const address of there) await far(`addr add ${address} dev ${names.there}${flags(address)}`);
    await this.ip(`link set ${names.here} up`);
    await far(`link set ${names.there} up`);
    return names;
  }

  /** A program that does the same as `program`, within. */
  async wrap(program: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "fastrtc-namespace-"));
    this.#folders.push(folder);
    const path = join(folder, "run");
    await writeFile(path, `#!/bin/sh\nexec ip netns exec ${this.name} '${program}' "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true, force: true });
    // A namespace lives until the last process within has ended; its cables would lead others astray until then.
    for (const cable of this.#cables.splice(0)) await this.ip(`link del ${cable}`).catch(() => undefined); // The other end may have taken it along.
    await networkCommand(`ip netns del ${this.name}`);
  }
}

/** Without them an IPv6 address could not be used for a second or two. */
function flags(address: string): string {
  return address.includes(":") ? " nodad" : "";
}
