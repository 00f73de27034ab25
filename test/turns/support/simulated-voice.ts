import { takeTurn } from "../../../src/turns/turn-machine.ts";
import { parseAlgoOptions, type TurnRules, turnRules } from "../../../src/turns/turn-rules.ts";
import {
  type ReplyPhase,
  type TurnEffect,
  type TurnEvent,
  type TurnState,
  initialTurnState,
} from "../../../src/turns/turn-state.ts";

export const WINDOW_MS = 32;

/** Random numbers from 0 to 1 that are the same each time (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The rules by default, with these changes. */
export function rulesWith(changes: Partial<TurnRules> = {}): TurnRules {
  const options = { turnOptions: undefined, modelOptions: undefined, canInterrupt: true };
  return { ...turnRules({ algoOptions: parseAlgoOptions({}), ...options }), ...changes };
}

/** A turn machine with whoever speaks to it: keeps what it wants done, and when. */
export class SimulatedVoice {
  readonly effects: (readonly [atMs: number, effect: string])[] = [];
  readonly questions: number[] = [];
  /** What becomes of the reply, as the machine is told. */
  reply: ReplyPhase = "none";
  readonly #rules: TurnRules;
  #state: TurnState = initialTurnState;

  constructor(changes: Partial<TurnRules> = {}) {
    this.#rules = rulesWith(changes);
  }

  get nowMs(): number {
    return this.#state.nowMs;
  }

  speak(windows: number, probability = 0.9): this {
    return this.#hear(windows, probability);
  }

  pause(windows: number, probability = 0.05): this {
    return this.#hear(windows, probability);
  }

  /** The answer to the question asked last. */
  judge(probability: number, question = this.questions.at(-1) ?? 0): this {
    return this.take({ type: "judged", question, probability, reply: this.reply });
  }

  take(event: TurnEvent): this {
    const { state, effects } = takeTurn(this.#state, event, this.#rules);
    this.#state = state;
    for (const effect of effects) this.#note(effect);
    return this;
  }

  #hear(windows: number, probability: number): this {
    for (let count = 0; count < windows; count += 1) {
      this.take({ type: "window", probability, durationMs: WINDOW_MS, reply: this.reply });
    }
    return this;
  }

  #note(effect: TurnEffect): void {
    if (effect.type === "judge") this.questions.push(effect.question);
    else this.effects.push([this.nowMs / WINDOW_MS, describe(effect)]);
  }
}

function describe(effect: Exclude<TurnEffect, { type: "judge" }>): string {
  switch (effect.type) {
    case "turn-start":
      return `${effect.continues ? "turn goes on" : "turn"} from ${effect.startMs}`;
    case "turn-end":
      return `${effect.cause} from ${effect.startMs} to ${effect.endMs}`;
    case "reply-cancel":
      return effect.cause;
    case "reply-hold":
    case "reply-resume":
      return effect.type;
  }
}
