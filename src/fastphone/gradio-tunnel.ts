import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { FastRtcError, toError } from "../errors.ts";
import { type ShareClientSource, shareClient, shareClientSource } from "./share-client.ts";
import { runTunnelProgram } from "./tunnel-program.ts";
import type { OpenTunnel } from "./tunnel.ts";

/** Whom Gradio's tunnel is asked of. */
export interface GradioTunnelOptions {
  /** Who names the server that tunnels are made with. @default "https://api.gradio.app/v3/tunnel-request" */
  apiUrl?: string;
  /** The program that holds the tunnel. @default Gradio's frpc 0.3 for this machine */
  client?: ShareClientSource;
  /** Where the program is kept. @default "~/.cache/fastrtc/tunnel" */
  cacheFolder?: string;
}

/** How long each step before the program starts may take, in milliseconds. */
const STEP_MS = 60_000;

const serversSchema = z
  .array(
    z.object({
      host: z.string().regex(/^[a-z0-9.:[\]-]{1,253}$/i),
      port: z.coerce.number().int().min(1).max(65_535),
      root_ca: z.string().min(1).max(100_000),
    }),
  )
  .min(1);

/**
 * A tunnel of Gradio, which needs no account: an address below gradio.live that lasts for some days at most. Its program is
 * downloaded once, and run only with the checksum that Gradio publishes.
 */
export function gradioTunnel({
  apiUrl = "https://api.gradio.app/v3/tunnel-request",
  client,
  cacheFolder,
}: GradioTunnelOptions = {}): OpenTunnel {
  return async ({ host, port }, signal) => {
    const source = client ?? shareClientSource();
    const server = await shareServer(apiUrl, within(signal));
    const program = await shareClient(source, { folder: cacheFolder, signal: within(signal) });
    const folder = await mkdtemp(join(tmpdir(), "fastrtc-tunnel-"));
    const forgetFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      const authority = join(folder, "root-ca.pem");
      await writeFile(authority, server.root_ca, { mode: 0o600 });
      const tunnel = await runTunnelProgram({
        name: "Gradio's tunnel",
        program,
        parameters: [
          ...["http", "-n", randomBytes(32).toString("base64url"), "-l", String(port), "-i", host],
          ...["--uc", "--sd", "random", "--ue", "--server_addr", `${server.host}:${server.port}`],
          ...["--disable_log_color", "--tls_enable", "--tls_trusted_ca_file", authority],
        ],
        addressIn: (line) => /start proxy success: (https:\/\/\S+)/.exec(line)?.[1],
        failure: /login to server failed/,
        howToInstall: "Its folder may not hold programs that can be run.",
        signal,
      });
      return { ...tunnel, close: () => tunnel.close().then(forgetFolder) };
    } catch (error) {
      await forgetFolder();
      throw error;
    }
  };
}

/** The signal, and a limit to one step. */
function within(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]);
}

async function shareServer(apiUrl: string, signal: AbortSignal): Promise<z.infer<typeof serversSchema>[number]> {
  try {
    const response = await fetch(apiUrl, { signal });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const [server] = serversSchema.parse(await response.json());
    if (!server) throw new Error("it named no server");
    return server;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? "its answer names no server" : networkReason(cause);
    throw new FastRtcError(
      "tunnel_failed",
      `Gradio's tunnels cannot be asked for (${apiUrl}: ${reason}). Is this machine connected to the internet?`,
      { cause },
    );
  }
}

/** Why a request failed; Node's own word for it is in the cause. */
function networkReason(error: unknown): string {
  const { cause, message } = toError(error);
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
