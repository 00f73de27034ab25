import { FastRtcError, toError } from "../errors.ts";
import type { OpenTunnel } from "./tunnel.ts";

/** With what ngrok is asked. */
export interface NgrokTunnelOptions {
  /** The token of an account at ngrok. @default the environment's NGROK_AUTHTOKEN */
  authtoken?: string;
  /** An address that the account has reserved, such as "my-agent.ngrok.app". @default ngrok chooses */
  domain?: string;
}

/** What is used of the package. */
type NgrokPackage = Pick<typeof import("@ngrok/ngrok"), "forward">;

/** A tunnel of ngrok, by its package `@ngrok/ngrok`, which the application installs. */
export function ngrokTunnel(
  { authtoken, domain }: NgrokTunnelOptions = {},
  load: () => Promise<NgrokPackage> = loadNgrok,
): OpenTunnel {
  return async ({ host, port }, signal) => {
    // oxlint-disable-next-line node/no-process-env -- secrets belong into the environment, and this is the edge
    const secret = authtoken ?? process.env["NGROK_AUTHTOKEN"]?.trim() ?? "";
    if (secret === "") {
      throw new FastRtcError("invalid_argument", "ngrok needs a token: pass authtoken, or set NGROK_AUTHTOKEN.");
    }
    const { forward } = await load();
    const addr = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const listener = await forward({ addr, authtoken: secret, ...(domain !== undefined && { domain }) }).catch(
      (cause: unknown) => {
        const reason = toError(cause).message.replaceAll(secret, "[hidden]").replace(/\s+/g, " ");
        throw new FastRtcError("tunnel_failed", `ngrok could not open a tunnel: ${reason}`);
      },
    );
    const url = listener.url();
    if (url === null || signal.aborted) {
      await listener.close();
      signal.throwIfAborted();
      throw new FastRtcError("tunnel_failed", "ngrok opened a tunnel without an address.");
    }
    let closing: Promise<void> | undefined;
    return { url, close: () => (closing ??= listener.close()) };
  };
}

async function loadNgrok(): Promise<NgrokPackage> {
  return import("@ngrok/ngrok").catch((cause: unknown) => {
    throw new FastRtcError("missing_package", "This tunnel needs a package: npm install @ngrok/ngrok", { cause });
  });
}
