import { type AppState, type AudioFrame, type ReplyFunction, ReplyOnPause, Stream } from "fastrtc";
import { type TestPeer, connectPeer } from "fastrtc/testing";
import type { Dialogue } from "./dialogue.ts";
import { SeededRandom } from "./seeded-random.ts";
import type { Utterance } from "./utterance.ts";

/** By which rule turns are taken: this package's defaults, or FastRTC's own blocks on the same voice detector. */
export type Rule = "fastrtc for TypeScript" | "FastRTC's rule";

export interface DialogueOutcome {
  /** From the end of the question's last word to the call of the reply function, in milliseconds; undefined when it was not called. */
  readonly endToHandlerMs: number | undefined;
  /** How often the function was called before the question's last word had ended. */
  readonly falseCuts: number;
  /** Whether the sound given began after the first word did. */
  readonly firstSyllableLost: boolean;
  /** From the onset of an interruption to the reply's silence, in milliseconds; undefined where there was none, or it never fell silent. */
  readonly onsetToSilenceMs: number | undefined;
  /** How much of a reply over which there was a backchannel was heard, of `REPLY_MS`. */
  readonly replyHeardMs: number | undefined;
}

const REPLY_MS = 4000;
const RATE = 48_000;
/** When the caller speaks over the reply, after its beginning: later than a turn is gone on with. */
const OVER_REPLY_AFTER_MS = 1700;
const TONE = new Int16Array((REPLY_MS * RATE) / 1000).map(
  (_, index) => 8000 * Math.sin((index * 440 * 2 * Math.PI) / RATE),
);

/** FastRTC's rule: whoever overrides `determinePause` gets it by `super`. */
class BlockRule extends ReplyOnPause {
  override determinePause(audio: Int16Array, samplingRate: number, state: AppState): boolean | Promise<boolean> {
    return super.determinePause(audio, samplingRate, state);
  }
}

/** Runs a dialogue over a connection without a network, in simulated time. */
export async function runDialogue(dialogue: Dialogue, rule: Rule): Promise<DialogueOutcome> {
  const calls: { readonly atMs: number; readonly audioMs: number }[] = [];
  let peer: TestPeer | undefined;
  const reply: ReplyFunction = (audio) => {
    calls.push({ atMs: peer?.connectedMs ?? 0, audioMs: audio.durationMs });
    return [RATE, TONE];
  };
  const handler = rule === "FastRTC's rule" ? new BlockRule(reply) : new ReplyOnPause(reply);
  await using connected = await connectPeer(new Stream({ handler, modality: "audio" }));
  peer = connected;
  const room = new Room(connected, dialogue.noise);
  await room.silent(dialogue.leadMs);
  const onsetMs = connected.connectedMs;
  await room.hears(dialogue.question);
  const endMs = connected.connectedMs;
  for (let waitedMs = 0; waitedMs < 3000 && !calls.some(({ atMs }) => atMs >= endMs); waitedMs += 20)
    await room.silent(20);
  const answer = calls.find(({ atMs }) => atMs >= endMs);
  const first = calls[0];
  const over = answer ? await speakOver(dialogue, room, connected) : {};
  return {
    endToHandlerMs: answer ? answer.atMs - endMs : undefined,
    falseCuts: calls.filter(({ atMs }) => atMs < endMs).length,
    firstSyllableLost: first === undefined || first.atMs - first.audioMs > onsetMs,
    onsetToSilenceMs: over.onsetToSilenceMs,
    replyHeardMs: over.replyHeardMs,
  };
}

async function speakOver(
  { overReply, overReplySound }: Dialogue,
  room: Room,
  peer: TestPeer,
): Promise<Partial<DialogueOutcome>> {
  const beganMs = peer.connectedMs;
  if (!overReplySound) return {};
  await room.silent(OVER_REPLY_AFTER_MS);
  const onsetMs = peer.connectedMs;
  await room.hears(overReplySound);
  await room.silent(overReply === "backchannel" ? REPLY_MS + 1500 : 1500);
  const sounds = peer.heard.sounds({ gapMs: 60 }).filter(({ toMs }) => toMs > beganMs);
  if (overReply === "backchannel") {
    return { replyHeardMs: sounds.reduce((sum, { fromMs, toMs }) => sum + toMs - Math.max(fromMs, beganMs), 0) };
  }
  const interrupted = sounds.find(({ toMs }) => toMs > onsetMs);
  return { onsetToSilenceMs: interrupted ? interrupted.toMs - onsetMs : undefined };
}

/** Where the caller is: whatever is heard from there, there is noise in it. */
class Room {
  readonly #peer: TestPeer;
  readonly #noise: number;
  readonly #random = new SeededRandom(7);

  constructor(peer: TestPeer, noise: number) {
    this.#peer = peer;
    this.#noise = noise;
  }

  async silent(ms: number): Promise<void> {
    await this.#send(new Int16Array(Math.round((ms * 16_000) / 1000)), 16_000);
  }

  async hears({ samples, sampleRate }: Utterance): Promise<void> {
    await this.#send(samples, sampleRate);
  }

  async #send(samples: Int16Array, sampleRate: number): Promise<void> {
    const amplitude = this.#noise * Math.sqrt(3);
    const noisy = samples.map((sample) => sample / 2 + this.#random.between(-amplitude, amplitude));
    const sound: AudioFrame["samples"] = noisy;
    await this.#peer.sendAudio([sampleRate, sound]);
  }
}
