import { expect, test } from "vitest";
import { takeTurn } from "../../src/turns/turn-machine.ts";
import { initialTurnState } from "../../src/turns/turn-state.ts";
import { fastRtcTurnEnds } from "./support/fastrtc-rule.ts";
import { rulesWith, seededRandom, WINDOW_MS } from "./support/simulated-voice.ts";

const TURNS = 600;

interface SpokenTurn {
  readonly probabilities: readonly number[];
  /** When the last word ended, in milliseconds. */
  readonly endMs: number;
}

/** A turn of one to three phrases with pauses between them as people make them: lognormal, a median of 0.35 s. */
function spokenTurn(random: () => number): SpokenTurn {
  const probabilities: number[] = [];
  const add = (ms: number, isSpeech: boolean): void => {
    for (let passed = 0; passed < ms; passed += WINDOW_MS) {
      probabilities.push(isSpeech ? 0.7 + 0.3 * random() : 0.1 * random());
    }
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  add(300 + 600 * random(), false);
  const phrases = 1 + Math.floor(3 * random());
  for (let phrase = 0; phrase < phrases; phrase += 1) {
    if (phrase > 0) add(Math.min(1200, 350 * Math.exp(0.45 * normal())), false);
    add(600 + 1500 * random(), true);
  }
  const endMs = probabilities.length * WINDOW_MS;
  add(2500, false);
  return { probabilities, endMs };
}

/** When the turn machine ends turns, with a judge as good as the fall of the voice was measured to be. */
function turnEnds({ probabilities, endMs }: SpokenTurn, random: () => number): readonly number[] {
  const rules = rulesWith();
  const ends: number[] = [];
  let state = initialTurnState;
  for (const probability of probabilities) {
    const step = takeTurn(state, { type: "window", probability, durationMs: WINDOW_MS, reply: "none" }, rules);
    state = step.state;
    for (const effect of step.effects) {
      if (effect.type === "turn-end") ends.push(effect.endMs);
      if (effect.type !== "judge") continue;
      const soundsFinished = random() < (state.nowMs >= endMs ? 0.56 : 0.05);
      const judgement = { probability: soundsFinished ? 0.9 : 0.499, question: effect.question };
      const judged = takeTurn(state, { type: "judged", ...judgement, reply: "none" }, rules);
      state = judged.state;
      ends.push(...judged.effects.flatMap((ended) => (ended.type === "turn-end" ? [ended.endMs] : [])));
    }
  }
  return ends;
}

function outcome(turns: readonly SpokenTurn[], ends: (turn: SpokenTurn) => readonly number[]) {
  let cuts = 0;
  let unanswered = 0;
  let delayMs = 0;
  for (const turn of turns) {
    const all = ends(turn);
    cuts += all.filter((ms) => ms < turn.endMs).length;
    const end = all.find((ms) => ms >= turn.endMs);
    if (end === undefined) unanswered += 1;
    else delayMs += (end - turn.endMs) / turns.length;
  }
  return { cuts, unanswered, delayMs };
}

test("turns end within 0.45 s on average, with no more of them cut than by FastRTC's rule on the same voices", () => {
  const random = seededRandom(1);
  const turns = Array.from({ length: TURNS }, () => spokenTurn(random));
  const ours = outcome(turns, (turn) => turnEnds(turn, random));
  const theirs = outcome(turns, ({ probabilities }) => fastRtcTurnEnds(probabilities, 600 * random()));
  expect([ours.unanswered, theirs.unanswered]).toEqual([0, 0]);
  expect(ours.delayMs).toBeLessThanOrEqual(450);
  expect(theirs.delayMs).toBeGreaterThan(750);
  expect(ours.cuts).toBeLessThanOrEqual(theirs.cuts);
});
