import { FastRtcError, toError } from "../errors.ts";
import { closeOnSignals } from "../server/exit-signals.ts";
import { type LaunchedServer, launch } from "../server/launch.ts";
import type { StreamService } from "../server/stream-service.ts";
import type { Logger } from "../session/logger.ts";
import { type FastPhoneOptions, parseFastPhoneOptions } from "./fastphone-options.ts";
import { huggingFaceToken } from "./hugging-face-token.ts";
import { type PhoneNumber, PhoneNumberService } from "./phone-number-service.ts";
import type { Tunnel } from "./tunnel.ts";

/** A telephone number that leads to a Stream, until it is closed. */
export interface FastPhone extends PhoneNumber, AsyncDisposable {
  /** The server on this machine: its page can be opened meanwhile. */
  readonly server: LaunchedServer;
  /** The address by which the service reaches it. */
  readonly publicUrl: string;
  /** Gives the number back, ends the tunnel and the calls, and closes the server. Harmless when repeated. */
  close(): Promise<void>;
}

/**
 * Serves a Stream to whoever calls a number that FastPhone lends. What was begun is undone when a later step fails.
 * @throws {FastRtcError} `invalid_option`, `invalid_argument` without a token, `port_in_use`, `tunnel_failed`, `missing_package`, or
 * `fastphone_failed` when no number is to be had.
 */
export async function fastphone(
  service: StreamService,
  logger: Logger,
  options: FastPhoneOptions = {},
): Promise<FastPhone> {
  const { host, port, openTunnel, handleSignals, printNumber, serviceUrls, ...rest } = parseFastPhoneOptions(options);
  checkCalls(service);
  // oxlint-disable-next-line node/no-process-env -- secrets belong into the environment, and this is the edge
  const token = await huggingFaceToken(rest.token, process.env);
  const gone = new AbortController();
  const signal = rest.signal ? AbortSignal.any([rest.signal, gone.signal]) : gone.signal;
  const undo: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    gone.abort(new FastRtcError("fastphone_failed", "The telephone number was given back before it was there."));
    closing ??= undoAll(undo).finally(() => forgetSignals?.());
    return closing;
  };
  // Before anything is there: Ctrl-C while a tunnel opens must not leave its program behind.
  const forgetSignals = handleSignals ? closeOnSignals(close, logger) : undefined;
  try {
    signal.throwIfAborted();
    const server = await launch(service, logger, { host, port, handleSignals: false, printUrl: false });
    undo.push(() => server.close());
    signal.throwIfAborted();
    const tunnel = await openTunnel({ host: reachable(host), port: server.port }, signal);
    undo.push(() => tunnel.close());
    signal.throwIfAborted();
    const publicHost = hostOf(tunnel);
    const numbers = new PhoneNumberService({ addresses: serviceUrls, token });
    const number = await numbers.register(publicHost, signal);
    undo.push(() => numbers.unregister(publicHost, number.code));
    signal.throwIfAborted();
    watch(tunnel, gone.signal, logger);
    if (printNumber) print(number, server);
    return { ...number, server, publicUrl: tunnel.url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    // What a step has opened although it was closed meanwhile is closed by the second.
    for (const undone of [close, () => undoAll(undo)]) {
      await undone().catch((thrown: unknown) => logger.error("not everything could be closed:", toError(thrown)));
    }
    throw error;
  }
}

/** @throws {FastRtcError} when no call of FastPhone would be taken. */
function checkCalls({ sockets }: StreamService): void {
  if (!sockets) {
    throw new FastRtcError(
      "invalid_argument",
      'This Stream has no audio, its modality is "video": nobody can call it.',
    );
  }
  if (!sockets.checksCallers) return;
  throw new FastRtcError(
    "invalid_option",
    "FastPhone's calls are signed by its own Twilio account, not by yours: make the Stream with twilioAuthToken: null to take them.",
  );
}

/** Undoes everything, the last first, whatever fails of it. */
async function undoAll(undo: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let step = undo.pop(); step; step = undo.pop()) {
    try {
      await step();
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, "Several things could not be closed.");
}

function watch(tunnel: Tunnel, gone: AbortSignal, logger: Logger): void {
  void tunnel.ended?.then((reason) => {
    if (!gone.aborted) logger.error(`nobody can call any more, start fastphone() again: ${reason}`);
  });
}

function hostOf({ url }: Tunnel): string {
  if (URL.canParse(url) && /^https?:/.test(url)) return new URL(url).host;
  throw new FastRtcError("tunnel_failed", `The tunnel gave an address that is none: ${JSON.stringify(url)}.`);
}

/** An address by which a program on this machine reaches a server that listens on `host`. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

function print({ phone, code, timeRemainingS, resetDate }: PhoneNumber, { url }: LaunchedServer): void {
  const minutes = Math.floor(timeRemainingS / 60);
  const seconds = String(Math.floor(timeRemainingS % 60)).padStart(2, "0");
  const lines = [
    `Call ${phone} and type in the code ${code}: this stream answers.`,
    `${minutes}:${seconds} minutes are left until ${resetDate}. The page is on ${url}; Ctrl-C gives the number back.`,
  ];
  // oxlint-disable-next-line no-console -- for the person who started the server, not for a log
  console.log(lines.join("\n"));
}
