import { runTunnelProgram } from "./tunnel-program.ts";
import type { OpenTunnel } from "./tunnel.ts";

/** Which program holds Cloudflare's tunnel. */
export interface CloudflaredTunnelOptions {
  /** The program's name or path. @default "cloudflared" */
  program?: string;
}

/** A quick tunnel of Cloudflare, which needs no account: an address below trycloudflare.com, by the program cloudflared. */
export function cloudflaredTunnel({ program = "cloudflared" }: CloudflaredTunnelOptions = {}): OpenTunnel {
  return async ({ host, port }, signal) => {
    let address: string | undefined;
    return runTunnelProgram({
      name: "cloudflared",
      program,
      parameters: ["tunnel", "--no-autoupdate", "--url", `http://${host.includes(":") ? `[${host}]` : host}:${port}`],
      // The address is told before it leads anywhere.
      addressIn: (line) => {
        address ??= /https:\/\/[a-z0-9-]+\.trycloudflare\.com/.exec(line)?.[0];
        return /registered tunnel connection|connection \S+ registered/i.test(line) ? address : undefined;
      },
      failure: /failed to (request|unmarshal) quick tunnel|error (requesting|unmarshaling) quick tunnel/i,
      howToInstall: "Install it as https://developers.cloudflare.com/tunnel says, or use another tunnel.",
      signal,
    });
  };
}
