import { SeededRandom } from "./seeded-random.ts";
import { BACKCHANNELS, INTERRUPTIONS, SENTENCES } from "./sentences.ts";
import { type Speaker, type Utterance, say } from "./utterance.ts";

/** What the caller does while the reply sounds. */
export type OverReply = "nothing" | "backchannel" | "interruption";

/** A question, and what the caller does over its answer. */
export interface Dialogue {
  readonly question: Utterance;
  /** The pauses within the question, in milliseconds. */
  readonly pausesMs: readonly number[];
  readonly overReply: OverReply;
  readonly overReplySound: Utterance | undefined;
  /** Noise in the room, as the root of its mean square. */
  readonly noise: number;
  /** How long the room is silent before, in milliseconds: where FastRTC's blocks fall is chance. */
  readonly leadMs: number;
}

/** Pauses to think, as people make them: most below half a second, some above one. */
const PAUSE = { medianMs: 350, sigma: 0.45, leastMs: 120, mostMs: 1200 };
const MOST_BACKCHANNEL_MS = 400;

/** Dialogues that are the same for the same seed. Needs espeak-ng. */
export async function* dialogues(count: number, seed: number): AsyncGenerator<Dialogue, void, undefined> {
  const random = new SeededRandom(seed);
  for (let index = 0; index < count; index += 1) {
    const { voices, lines } = index % 4 === 3 ? random.of(SENTENCES.slice(1)) : (SENTENCES[0] as (typeof SENTENCES)[0]);
    const speaker: Speaker = {
      voice: random.of(voices),
      pitch: Math.round(random.between(35, 70)),
      wordsPerMinute: Math.round(random.between(140, 200)),
    };
    const pausesMs: number[] = [];
    const ssml = random
      .of(lines)
      .split(" | ")
      .reduce((said, part) => {
        const drawn = random.lognormal(PAUSE.medianMs, PAUSE.sigma);
        const pauseMs = Math.round(Math.min(PAUSE.mostMs, Math.max(PAUSE.leastMs, drawn)));
        pausesMs.push(pauseMs);
        return `${said} <break time="${pauseMs}ms"/> ${part}`;
      });
    const overReply = (["nothing", "backchannel", "interruption"] as const)[index % 3] as OverReply;
    yield {
      question: await say(ssml, speaker),
      pausesMs,
      overReply,
      overReplySound: await soundOverReply(overReply, speaker, random),
      noise: random.between(5, 60),
      leadMs: random.between(600, 1800),
    };
  }
}

async function soundOverReply(kind: OverReply, speaker: Speaker, random: SeededRandom): Promise<Utterance | undefined> {
  if (kind === "nothing") return undefined;
  if (kind === "interruption") return say(random.of(INTERRUPTIONS), speaker);
  const said = await say(random.of(BACKCHANNELS), { ...speaker, wordsPerMinute: 200 });
  const samples = said.samples.subarray(0, (MOST_BACKCHANNEL_MS * said.sampleRate) / 1000);
  return { ...said, samples, durationMs: (samples.length * 1000) / said.sampleRate };
}
