import { click, cough, NOISES, noiseSource } from "./noise.ts";
import { SeededRandom } from "./seeded-random.ts";
import { BACKCHANNELS, INTERRUPTIONS, LINES } from "./sentences.ts";
import { type Speaker, type Utterance, pausesIn, say, utterance } from "./utterance.ts";

/** Dialogues by which the defaults were chosen, and others by which they are judged. */
export const SEEDS = { tuning: 20_261, reporting: 77_003 } as const;

/** What the caller does while the reply sounds. */
export const OVER_REPLY = ["nothing", "backchannel", "cough", "interruption"] as const;
export type OverReply = (typeof OVER_REPLY)[number];

/** A question, and what the caller does over its answer. */
export interface Dialogue {
  readonly question: Utterance;
  /** The pauses within the question, in milliseconds, as they are in its sound. */
  readonly pausesMs: readonly number[];
  readonly overReply: OverReply;
  readonly overReplySound: Utterance | undefined;
  /** How far the noise of the room lies below the voice, in decibels. */
  readonly noiseBelowVoiceDb: number;
  /** Begins the noise of the room, the same each time. */
  readonly roomNoise: () => () => number;
  /** What is heard before, in milliseconds: where FastRTC's blocks fall is chance. In a third of the dialogues something clicks in it. */
  readonly lead: Utterance;
}

/** Pauses to think, and between two sentences. */
const THINKING = { medianMs: 350, sigma: 0.45, leastMs: 200, mostMs: 700 };
const BETWEEN_SENTENCES = { medianMs: 200, sigma: 0.6, leastMs: 50, mostMs: 800 };
const MOST_BACKCHANNEL_MS = 400;
/** From a quiet office to a café. */
const NOISE_BELOW_VOICE_DB = [50, 30, 20, 14, 8];
/** All are heard at this rate: espeak-ng's own. */
export const DIALOGUE_RATE = 22_050;

/** Dialogues that are the same for the same seed, each with one of its own. Needs espeak-ng. */
export async function* dialogues(count: number, seed: number): AsyncGenerator<Dialogue, void, undefined> {
  for (let index = 0; index < count; index += 1) yield await dialogueOf(index, new SeededRandom(seed + 7919 * index));
}

async function dialogueOf(index: number, random: SeededRandom): Promise<Dialogue> {
  const { voices, lines } = index % 5 === 4 ? random.of(LINES.others) : LINES.english;
  const speaker: Speaker = {
    voice: random.of(voices),
    pitch: Math.round(random.between(25, 75)),
    wordsPerMinute: Math.round(random.between(130, 210)),
  };
  const line = random.of(lines).replaceAll(/ (\|\|?) /g, (_, mark: string) => {
    const { medianMs, sigma, leastMs, mostMs } = mark === "|" ? THINKING : BETWEEN_SENTENCES;
    const pauseMs = Math.min(mostMs, Math.max(leastMs, random.lognormal(medianMs, sigma)));
    return ` <break time="${Math.round(pauseMs)}ms"/> `;
  });
  const question = await say(line, speaker);
  const overReply = OVER_REPLY[index % OVER_REPLY.length] as OverReply;
  const noiseBelowVoiceDb = random.of(NOISE_BELOW_VOICE_DB);
  const kind = random.of(NOISES);
  const noiseSeed = Math.floor(random.next() * 2 ** 32);
  const level = loudness(question) * 10 ** (-noiseBelowVoiceDb / 20);
  return {
    question,
    pausesMs: pausesIn(question),
    overReply,
    overReplySound: await soundOverReply(overReply, speaker, random),
    noiseBelowVoiceDb,
    roomNoise: () => {
      const source = noiseSource(kind, DIALOGUE_RATE, new SeededRandom(noiseSeed));
      return () => level * source();
    },
    lead: lead(random),
  };
}

function lead(random: SeededRandom): Utterance {
  const samples = new Int16Array(Math.round((random.between(600, 1800) * DIALOGUE_RATE) / 1000));
  if (random.next() < 1 / 3) {
    const sound = click(DIALOGUE_RATE, random);
    samples.set(sound, Math.floor(random.next() * (samples.length - sound.length)));
  }
  return utterance(samples, DIALOGUE_RATE);
}

async function soundOverReply(kind: OverReply, speaker: Speaker, random: SeededRandom): Promise<Utterance | undefined> {
  if (kind === "nothing") return undefined;
  if (kind === "cough") return utterance(cough(DIALOGUE_RATE, random), DIALOGUE_RATE);
  if (kind === "interruption") return say(random.of(INTERRUPTIONS), speaker);
  const { samples, sampleRate } = await say(random.of(BACKCHANNELS), { ...speaker, wordsPerMinute: 200 });
  return utterance(samples.subarray(0, (MOST_BACKCHANNEL_MS * sampleRate) / 1000), sampleRate);
}

/** The root of the mean square of what is voice in it. */
function loudness({ samples }: Utterance): number {
  const voiced = samples.filter((sample) => Math.abs(sample) > 500);
  return Math.sqrt(voiced.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, voiced.length));
}
