import type { AudioFrame } from "../../src/media/audio-frame.ts";
import type { CloseReason } from "../../src/session/close-reason.ts";
import type { PeerHandler } from "../../src/session/peer-handler.ts";
import { Session } from "../../src/session/session.ts";
import { SessionRegistry } from "../../src/session/session-registry.ts";
import type { Transport } from "../../src/session/transport.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** Sends back what it gets. */
export const echoHandler = (): PeerHandler => ({
  async *audio(frames) {
    yield* frames;
  },
});

/** Keeps what it gets, and sends nothing. */
export function listeningHandler(): { readonly heard: AudioFrame[]; readonly make: () => PeerHandler } {
  const heard: AudioFrame[] = [];
  return {
    heard,
    make: () => ({
      // oxlint-disable-next-line require-yield -- it only listens
      async *audio(frames) {
        for await (const frame of frames) heard.push(frame);
      },
    }),
  };
}

export interface AudioSessionsOptions {
  readonly kind: Transport["kind"];
  readonly limit?: number;
  readonly timeLimit?: number;
  readonly handler?: () => PeerHandler;
}

/** A registry with what it takes to admit sessions, in time that the test moves. */
export function audioSessions({ kind, limit = 10, timeLimit, handler = echoHandler }: AudioSessionsOptions) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const registry = new SessionRegistry(limit);
  const ended: CloseReason[] = [];
  const sessions: Session[] = [];
  const createSession = (id: string, headers: Headers): Session => {
    const session = new Session({
      id,
      kind,
      headers,
      handler: handler(),
      timeLimit,
      logger,
      clock,
      onEnd: (closed, reason) => {
        registry.leave(closed);
        ended.push(reason);
      },
    });
    sessions.push(session);
    return session;
  };
  return { clock, logger, registry, ended, sessions, createSession };
}
