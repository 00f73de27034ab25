import type { Clock } from "../../../src/async/clock.ts";
import type { AudioFrame } from "../../../src/media/audio-frame.ts";
import type { HandlerSession, PeerHandler } from "../../../src/session/peer-handler.ts";
import { Peers } from "../../../src/session/peers.ts";
import { SipEndpoint } from "../../../src/transports/sip/sip-endpoint.ts";
import type { SipOptions } from "../../../src/transports/sip/sip-options.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

export interface SipServerOptions extends SipOptions {
  readonly concurrencyLimit?: number;
  readonly timeLimit?: number;
  readonly clock?: Clock;
}

/** A SIP endpoint whose handler sends back what it hears, on a port of its own. */
export async function sipServer({ concurrencyLimit = 100, timeLimit, clock, ...options }: SipServerOptions = {}) {
  const logger = new RecordingLogger();
  const keys: string[] = [];
  const heard: AudioFrame[] = [];
  const sessions: HandlerSession[] = [];
  const create = (): PeerHandler => ({
    key: (digit) => {
      keys.push(digit);
    },
    async *audio(frames, session) {
      sessions.push(session);
      for await (const frame of frames) {
        heard.push(frame);
        yield frame;
      }
    },
  });
  const peers = new Peers({
    modality: "audio",
    mode: "send-receive",
    handlers: { create },
    additionalInputs: [],
    concurrencyLimit,
    timeLimit,
    logger,
    ...(clock && { clock }),
  });
  const endpoint = await SipEndpoint.open(
    { port: 0, address: "127.0.0.1", ...options },
    {
      sessions: {
        registry: peers.registry,
        createSession: (id, headers) => peers.createSession(id, "telephone", headers),
      },
      logger,
      ...(clock && { clock }),
    },
  );
  return {
    endpoint,
    peers,
    logger,
    keys,
    heard,
    sessions,
    port: endpoint.port,
    [Symbol.asyncDispose]: (): Promise<void> => endpoint.close(),
  };
}

/** What a promise is rejected with, awaited later without being unhandled meanwhile. */
export function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}
