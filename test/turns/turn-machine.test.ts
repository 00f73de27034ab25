import { describe, expect, test } from "vitest";
import { SimulatedVoice, WINDOW_MS } from "./support/simulated-voice.ts";

/** After so many windows of speech a turn begins: more than 0.2 s. */
const START = 7;
/** So many windows of silence end a turn: 0.6 s; 0.16 s where it sounds finished, 1.2 s where it sounds unfinished. */
const SILENCE = 19;
const FINISHED = 5;
const UNFINISHED = 38;
/** After so many the voice is judged: 0.16 s. */
const JUDGED = 5;

const at = (windows: number): number => windows * WINDOW_MS;

describe("a turn", () => {
  test("begins with enough speech, and its sound 0.4 s before the first word", () => {
    const voice = new SimulatedVoice().pause(50).speak(START - 1);
    expect(voice.effects).toEqual([]);
    expect(voice.speak(1).effects).toEqual([[57, `turn from ${at(50) - 400}`]]);
  });

  test("ends after 0.6 s of silence, and its sound with it", () => {
    const voice = new SimulatedVoice()
      .pause(50)
      .speak(30)
      .pause(SILENCE - 1);
    expect(voice.effects).toHaveLength(1);
    expect(voice.pause(1).effects.at(-1)).toEqual([99, `pause from 1200 to ${at(99)}`]);
  });

  test.each([
    { judgement: 0.499, windows: SILENCE },
    { judgement: 0.25, windows: 29 },
    { judgement: 0, windows: UNFINISHED },
  ])("that sounds finished to $judgement ends after $windows windows of silence", ({ judgement, windows }) => {
    const voice = new SimulatedVoice().speak(30).pause(JUDGED).judge(judgement);
    voice.pause(windows - JUDGED - 1);
    expect(voice.effects).toHaveLength(1);
    expect(voice.pause(1).effects).toHaveLength(2);
  });

  test.each([0.9, 0.5])("that sounds finished to %f ends as soon as it is judged", (judgement) => {
    const voice = new SimulatedVoice().speak(30).pause(JUDGED);
    expect(voice.effects).toHaveLength(1);
    expect(voice.judge(judgement).effects.at(-1)).toEqual([30 + FINISHED, `pause from 0 to ${at(30 + FINISHED)}`]);
  });

  test("that is judged late ends then, and not while a click sounds", () => {
    const voice = new SimulatedVoice().speak(30).pause(JUDGED + 4);
    expect(voice.judge(1).effects.at(-1)).toEqual([39, `pause from 0 to ${at(39)}`]);
    const clicked = new SimulatedVoice().speak(30).pause(JUDGED).speak(1).judge(1);
    expect(clicked.effects).toHaveLength(1);
    expect(clicked.pause(1).effects).toHaveLength(2);
  });

  test("is judged once per silence, and a judgement of a silence that is over does not count", () => {
    const voice = new SimulatedVoice().speak(30).pause(JUDGED).pause(2);
    expect(voice.questions).toEqual([1]);
    voice.speak(10).judge(1, 1).pause(JUDGED);
    expect(voice.questions).toEqual([1, 2]);
    voice.judge(1, 1).pause(SILENCE - JUDGED - 1);
    expect(voice.effects).toHaveLength(1);
    expect(voice.pause(1).effects).toHaveLength(2);
  });

  test("goes on after a shorter pause: it is one turn", () => {
    const voice = new SimulatedVoice()
      .speak(30)
      .pause(SILENCE - 1)
      .speak(10)
      .pause(SILENCE);
    expect(voice.effects.map(([, effect]) => effect)).toEqual([
      "turn from 0",
      `pause from 0 to ${at(30 + 18 + 10 + 19)}`,
    ]);
  });

  test("does not begin with coughs, however many", () => {
    const voice = new SimulatedVoice();
    for (let count = 0; count < 50; count += 1) voice.speak(5).pause(20);
    expect(voice.effects).toEqual([]);
  });

  test("begins with short words that follow each other", () => {
    const voice = new SimulatedVoice().pause(20).speak(4).pause(4).speak(4);
    expect(voice.effects).toEqual([[31, `turn from ${at(20) - 400}`]]);
  });

  test("a click does not break its silence, and does not end it either", () => {
    const voice = new SimulatedVoice().speak(30).pause(17).speak(3);
    expect(voice.effects).toHaveLength(1);
    expect(voice.pause(1).effects.at(-1)).toEqual([51, `pause from 0 to ${at(51)}`]);
  });

  test("a word in its silence that is no click breaks it", () => {
    const voice = new SimulatedVoice()
      .speak(30)
      .pause(17)
      .speak(4)
      .pause(SILENCE - 1);
    expect(voice.effects).toHaveLength(1);
  });

  test("a voice that was heard is heard until it is 0.15 below the threshold", () => {
    const voice = new SimulatedVoice().speak(30).pause(40, 0.36);
    expect(voice.effects).toHaveLength(1);
    expect(voice.pause(SILENCE, 0.34).effects).toHaveLength(2);
  });

  test("as long as a turn may be is answered, and whoever speaks on has the next one without a gap", () => {
    const voice = new SimulatedVoice({ maxTurnMs: 960 }).speak(30);
    voice.reply = "thinking";
    voice.speak(30);
    expect(voice.effects).toEqual([
      [START, "turn from 0"],
      [30, "limit from 0 to 960"],
      [30, "turn from 960"],
      [60, "replaced"],
      [60, "limit from 960 to 1920"],
      [60, "turn from 1920"],
    ]);
  });

  test("is answered at once when it is asked for, and what is still being said interrupts nothing", () => {
    const voice = new SimulatedVoice().speak(30).take({ type: "trigger", reply: "none" });
    voice.reply = "speaking";
    voice.speak(40).pause(10);
    expect(voice.effects).toEqual([
      [START, "turn from 0"],
      [30, "trigger from 0 to 960"],
    ]);
    voice.speak(2);
    expect(voice.effects.at(-1)).toEqual([82, "reply-hold"]);
  });

  test("does not begin with what was said before an answer was asked for", () => {
    const voice = new SimulatedVoice().speak(30).take({ type: "trigger", reply: "none" }).speak(10).pause(7).speak(6);
    expect(voice.effects).toHaveLength(2);
    expect(voice.speak(1).effects).toHaveLength(3);
  });

  test("that nobody began is answered without sound when it is asked for, and replaces a reply", () => {
    const voice = new SimulatedVoice().pause(10).take({ type: "trigger", reply: "speaking" });
    expect(voice.effects).toEqual([
      [10, "replaced"],
      [10, "trigger from 320 to 320"],
    ]);
  });
});

describe("speech over a reply", () => {
  /** Somebody said something, and is answered. */
  const answered = (changes = {}): SimulatedVoice => {
    const voice = new SimulatedVoice(changes).speak(30).pause(SILENCE);
    voice.effects.length = 0;
    voice.reply = "speaking";
    return voice.pause(60);
  };
  const BEGAN = 30 + SILENCE + 60;

  test("silences it within 0.1 s", () => {
    expect(answered().speak(2).effects).toEqual([[BEGAN + 2, "reply-hold"]]);
  });

  test("of up to 0.6 s lets it go on after 0.22 s of silence", () => {
    const voice = answered().speak(19).pause(6);
    expect(voice.effects).toHaveLength(1);
    expect(voice.pause(1).effects).toEqual([
      [BEGAN + 2, "reply-hold"],
      [BEGAN + 26, "reply-resume"],
    ]);
  });

  test("that goes on cancels it and is a turn from its onset", () => {
    expect(answered().speak(20).effects).toEqual([
      [BEGAN + 2, "reply-hold"],
      [BEGAN + 20, "interrupted"],
      [BEGAN + 20, `turn from ${at(BEGAN) - 400}`],
    ]);
  });

  test("of a click changes nothing", () => {
    const voice = answered();
    for (let count = 0; count < 20; count += 1) voice.speak(1).pause(5);
    expect(voice.effects).toEqual([]);
  });

  test("again and again is judged each time: two words of agreement cancel nothing", () => {
    const voice = answered().speak(10).pause(10).speak(10).pause(10);
    expect(voice.effects.map(([, effect]) => effect)).toEqual([
      "reply-hold",
      "reply-resume",
      "reply-hold",
      "reply-resume",
    ]);
  });

  test("soon after the last word goes on with that turn", () => {
    const voice = new SimulatedVoice().speak(30).pause(SILENCE);
    voice.reply = "speaking";
    voice.pause(10).speak(20);
    expect(voice.effects.slice(2).map(([, effect]) => effect)).toEqual([
      "reply-hold",
      "continued",
      `turn goes on from ${at(30 + SILENCE)}`,
    ]);
  });

  test("goes on with the turn however late while nothing of the reply was heard, and needs 0.2 s for that", () => {
    const voice = new SimulatedVoice().speak(30).pause(SILENCE);
    voice.reply = "thinking";
    voice.pause(100).speak(START);
    expect(voice.effects.slice(2).map(([, effect]) => effect)).toEqual([
      "reply-hold",
      "continued",
      `turn goes on from ${at(30 + SILENCE + 100) - 400}`,
    ]);
  });

  test("over a reply that nobody asked for is a turn of its own", () => {
    const voice = new SimulatedVoice();
    voice.reply = "thinking";
    voice.pause(10).speak(START);
    expect(voice.effects.slice(1).map(([, effect]) => effect)).toEqual(["interrupted", "turn from 0"]);
  });

  test("that outlasts the reply is a turn of its own, and the next reply is not silent", () => {
    const voice = answered().speak(4);
    voice.reply = "none";
    voice.speak(10);
    expect(voice.effects.map(([, effect]) => effect)).toEqual([
      "reply-hold",
      "reply-resume",
      `turn from ${at(BEGAN) - 400}`,
    ]);
  });

  test("is not heard while replies are protected, nor is its end a turn", () => {
    const voice = answered({ canInterrupt: false }).speak(100);
    voice.reply = "none";
    voice.pause(50);
    expect(voice.effects).toEqual([]);
  });

  test("does not belong to a turn that begins when a protected reply has ended", () => {
    const voice = answered({ canInterrupt: false }).speak(10);
    voice.reply = "none";
    expect(voice.speak(START).effects.at(-1)?.[1]).toBe(`turn from ${at(BEGAN + 10)}`);
  });
});

describe("half duplex", () => {
  test("hears nothing while a reply sounds and 0.2 s longer, and everything while it is being made", () => {
    const voice = new SimulatedVoice({ duplex: "half" });
    voice.reply = "speaking";
    voice.speak(100);
    voice.reply = "none";
    voice.speak(6).pause(30);
    expect(voice.effects).toEqual([]);
    voice.reply = "thinking";
    voice.speak(START);
    expect(voice.effects.map(([, effect]) => effect)).toEqual([
      "reply-hold",
      "interrupted",
      `turn from ${at(136) - 400}`,
    ]);
  });
});

describe("push to talk", () => {
  const press = { type: "key", pressed: true } as const;
  const release = { type: "key", pressed: false } as const;

  test("makes a turn of what is said while the key is held, however long the pauses, and of nothing else", () => {
    const voice = new SimulatedVoice({ duplex: "push-to-talk" }).speak(50).take({ ...press, reply: "none" });
    voice
      .speak(10)
      .pause(100)
      .take({ ...release, reply: "none" })
      .speak(50);
    expect(voice.effects).toEqual([
      [50, "turn from 1600"],
      [160, "key from 1600 to 5120"],
    ]);
  });

  test("interrupts a reply by the key, not by the voice", () => {
    const voice = new SimulatedVoice({ duplex: "push-to-talk" });
    voice.reply = "speaking";
    voice.speak(50).take({ ...press, reply: "speaking" });
    expect(voice.effects.map(([, effect]) => effect)).toEqual(["interrupted", "turn from 1600"]);
  });

  test("a key that is pressed twice, or let go without having been pressed, does nothing", () => {
    const voice = new SimulatedVoice({ duplex: "push-to-talk" }).take({ ...release, reply: "none" });
    voice.take({ ...press, reply: "none" }).take({ ...press, reply: "none" });
    expect(voice.effects).toEqual([[0, "turn from 0"]]);
  });

  test("ends a turn that is as long as a turn may be", () => {
    const voice = new SimulatedVoice({ duplex: "push-to-talk", maxTurnMs: 960 }).take({ ...press, reply: "none" });
    expect(voice.pause(40).effects.at(-1)).toEqual([30, "limit from 0 to 960"]);
  });
});
