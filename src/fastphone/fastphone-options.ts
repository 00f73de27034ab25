import { FastRtcError } from "../errors.ts";
import { checkOptionNames, type OptionNames } from "../session/option-names.ts";
import { cloudflaredTunnel } from "./cloudflared-tunnel.ts";
import { gradioTunnel } from "./gradio-tunnel.ts";
import { ngrokTunnel } from "./ngrok-tunnel.ts";
import type { OpenTunnel } from "./tunnel.ts";

/** How `stream.fastphone()` gets its telephone number. */
export interface FastPhoneOptions {
  /** A token of Hugging Face. @default HF_TOKEN, else the file that `hf auth login` writes */
  token?: string;
  /** The address that the server listens on. @default "127.0.0.1" */
  host?: string;
  /** The port that it listens on; 0 takes a free one. @default 8000 */
  port?: number;
  /**
   * How callers reach this machine: a tunnel of "gradio" (no account needed), of "cloudflared" (a program to install) or of "ngrok" (a
   * package to install, and an account); the https address that already leads to the port; or a function that opens a tunnel.
   * @default "gradio"
   */
  tunnel?: "gradio" | "cloudflared" | "ngrok" | `https://${string}` | OpenTunnel;
  /** Whether Ctrl-C and SIGTERM give the number back, close the server and exit with code 0. @default true */
  handleSignals?: boolean;
  /** Whether number, code and minutes are printed. @default true */
  printNumber?: boolean;
  /** Another service of FastPhone's API. @default "https://api.fastrtc.org" and, when it does not answer, FastRTC's other one */
  serviceUrl?: string;
  /** Gives up what is not done yet. */
  signal?: AbortSignal;
}

const OPTION_NAMES: OptionNames<FastPhoneOptions> = {
  token: true,
  host: true,
  port: true,
  tunnel: true,
  handleSignals: true,
  printNumber: true,
  serviceUrl: true,
  signal: true,
};

const SERVICES = ["https://api.fastrtc.org", "https://fastrtc-fastphone.hf.space"];

const TUNNELS: Readonly<Record<string, () => OpenTunnel>> = {
  gradio: gradioTunnel,
  cloudflared: cloudflaredTunnel,
  ngrok: ngrokTunnel,
};

export interface ResolvedFastPhoneOptions {
  readonly token: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly openTunnel: OpenTunnel;
  readonly handleSignals: boolean;
  readonly printNumber: boolean;
  readonly serviceUrls: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** @throws {FastRtcError} `invalid_option`. */
export function parseFastPhoneOptions(options: FastPhoneOptions): ResolvedFastPhoneOptions {
  checkOptionNames(options, { of: "stream.fastphone(...)", names: OPTION_NAMES });
  const { host = "127.0.0.1", port = 8000, tunnel = "gradio", handleSignals = true, printNumber = true } = options;
  const { token, serviceUrl, signal } = options;
  if (token !== undefined && typeof token !== "string") throw invalid("token is a string.");
  return {
    token: token?.trim() || undefined,
    host,
    port,
    openTunnel: openerOf(tunnel),
    handleSignals,
    printNumber,
    serviceUrls: serviceUrl === undefined ? SERVICES : [httpAddress(serviceUrl)],
    signal,
  };
}

function openerOf(tunnel: unknown): OpenTunnel {
  if (typeof tunnel === "function") return tunnel as OpenTunnel;
  if (typeof tunnel === "string") {
    const make = Object.hasOwn(TUNNELS, tunnel) ? TUNNELS[tunnel] : undefined;
    if (make) return make();
    const url = URL.canParse(tunnel) ? new URL(tunnel) : undefined;
    // The service keeps a host and nothing else: the routes lie at its root.
    if (url?.protocol === "https:" && url.pathname === "/" && url.search === "") {
      return async () => ({ url: url.origin, close: async () => {} });
    }
  }
  throw invalid(
    'tunnel is "gradio", "cloudflared", "ngrok", a function, or the https address that leads to the port, without a path, such as ' +
      '"https://phone.example.com".',
  );
}

function httpAddress(value: string): string {
  if (URL.canParse(value) && /^https?:/i.test(value)) return value.replace(/\/+$/, "");
  throw invalid('serviceUrl has to be an address like "https://example.com".');
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_option", `stream.fastphone: ${message}`);
}
