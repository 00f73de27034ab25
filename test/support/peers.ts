import { PeerInputs } from "../../src/session/peer-inputs.ts";
import { PeerOutputs } from "../../src/session/peer-outputs.ts";
import { SessionArrivals } from "../../src/session/session-arrivals.ts";
import { Session } from "../../src/session/session.ts";
import type { AdditionalInput } from "../../src/ui/additional-input.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { RecordingTransport } from "./recording-transport.ts";

/** The peers of a stream, which come and go as the test wants. */
export function peers(inputs: readonly AdditionalInput[] = []) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const sessions = new Map<string, Session>();
  const find = (id: string): Session | undefined => sessions.get(id);
  const arrivals = new SessionArrivals({ clock, find });
  const peerInputs = new PeerInputs({ inputs, find, logger });
  const join = (id: string): Session => {
    const session: Session = new Session({
      id,
      kind: "loopback",
      handler: {},
      initialInputs: peerInputs.initial((values) => session.inputs.begin(values)),
      logger,
      clock,
      onEnd: (ended) => {
        sessions.delete(ended.id);
        arrivals.left(ended);
      },
    });
    session.attach(new RecordingTransport());
    sessions.set(id, session);
    arrivals.arrived(session);
    return session;
  };
  return { clock, logger, arrivals, inputs: peerInputs, outputs: new PeerOutputs(arrivals), join };
}
