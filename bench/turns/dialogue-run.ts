import { type Dialogue, DIALOGUE_RATE } from "./dialogue.ts";
import { PEER_RATE, REPLY_MS, type TurnPeer } from "./turn-peer.ts";
import type { Utterance } from "./utterance.ts";

export interface DialogueOutcome {
  /** From the end of the question's last word to the call of the reply function, in milliseconds; undefined when it was not called. */
  readonly endToHandlerMs: number | undefined;
  /** How often the function was called before the question's last word had ended. */
  readonly falseCuts: number;
  /** Whether the sound given began after the first word did. */
  readonly firstSyllableLost: boolean;
  /** From the onset of an interruption to the reply's silence, in milliseconds; undefined where there was none. */
  readonly onsetToSilenceMs: number | undefined;
  /** How much of a reply over which there was a backchannel or a cough was heard, of `REPLY_MS`; 0 when another took its place. */
  readonly replyHeardMs: number | undefined;
}

/** When the caller speaks over the reply, after its beginning: later than a turn is gone on with. */
const OVER_REPLY_AFTER_MS = 1700;
/** How long an answer is waited for. */
const PATIENCE_MS = 3000;
/** How long an interrupted reply is listened for; one that has not fallen silent by then was not interrupted. */
const AFTER_INTERRUPTION_MS = 1500;

/** Runs a dialogue, in simulated time. */
export async function runDialogue(dialogue: Dialogue, peer: TurnPeer): Promise<DialogueOutcome> {
  const room = new Room(peer, dialogue);
  await room.hears(dialogue.lead);
  const onsetMs = peer.nowMs;
  await room.hears(dialogue.question);
  const endMs = peer.nowMs;
  const isAnswered = (): boolean => peer.calls.some(({ atMs }) => atMs >= endMs);
  while (!isAnswered() && peer.nowMs < endMs + PATIENCE_MS) await room.silent(20);
  const answer = peer.calls.find(({ atMs }) => atMs >= endMs);
  const [first] = peer.calls;
  return {
    endToHandlerMs: answer ? answer.atMs - endMs : undefined,
    falseCuts: peer.calls.filter(({ atMs }) => atMs < endMs).length,
    firstSyllableLost: first === undefined || first.atMs - first.audioMs > onsetMs,
    ...(answer ? await speakOver(dialogue, room, peer) : { onsetToSilenceMs: undefined, replyHeardMs: undefined }),
  };
}

async function speakOver(
  { overReply, overReplySound }: Dialogue,
  room: Room,
  peer: TurnPeer,
): Promise<Pick<DialogueOutcome, "onsetToSilenceMs" | "replyHeardMs">> {
  const nothing = { onsetToSilenceMs: undefined, replyHeardMs: undefined };
  if (!overReplySound) return nothing;
  const beganMs = peer.nowMs;
  const callCount = peer.calls.length;
  await room.silent(OVER_REPLY_AFTER_MS);
  const onsetMs = peer.nowMs;
  await room.hears(overReplySound);
  await room.silent(overReply === "interruption" ? AFTER_INTERRUPTION_MS : REPLY_MS + AFTER_INTERRUPTION_MS);
  const sounds = peer.sounds.filter(({ toMs }) => toMs > beganMs);
  if (overReply !== "interruption") {
    const heardMs = sounds.reduce((sum, { fromMs, toMs }) => sum + toMs - Math.max(fromMs, beganMs), 0);
    return { ...nothing, replyHeardMs: peer.calls.length === callCount ? heardMs : 0 };
  }
  const interrupted = sounds.find(({ toMs }) => toMs > onsetMs);
  return { ...nothing, onsetToSilenceMs: interrupted ? interrupted.toMs - onsetMs : undefined };
}

/** Where the caller is: whatever is heard from there, there is noise in it. */
class Room {
  readonly #peer: TurnPeer;
  readonly #noise: () => number;

  constructor(peer: TurnPeer, { roomNoise }: Dialogue) {
    this.#peer = peer;
    this.#noise = roomNoise();
  }

  async silent(ms: number): Promise<void> {
    await this.#send(new Int16Array(Math.round((ms * DIALOGUE_RATE) / 1000)));
  }

  async hears({ samples }: Utterance): Promise<void> {
    await this.#send(samples);
  }

  /** At half its loudness, so that nothing is clipped. */
  async #send(samples: Int16Array): Promise<void> {
    await this.#peer.hear(atPeerRate(samples.map((sample) => (sample + this.#noise()) / 2)));
  }
}

/** By straight lines between the samples: what that adds lies above all voices. */
function atPeerRate(samples: Int16Array): Int16Array {
  return new Int16Array(Math.round((samples.length * PEER_RATE) / DIALOGUE_RATE)).map((_, index) => {
    const at = (index * DIALOGUE_RATE) / PEER_RATE;
    const before = samples[Math.floor(at)] ?? 0;
    const after = samples[Math.floor(at) + 1] ?? before;
    return before + (after - before) * (at - Math.floor(at));
  });
}
