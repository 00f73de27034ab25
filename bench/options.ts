import { parseArgs } from "node:util";
import { ALL_CELLS, type NetworkCell, parseCell } from "./network/network-cell.ts";
import type { SEEDS } from "./turns/dialogue.ts";
import type { BenchCodec } from "./webrtc/video-format.ts";

/** The parts of the benchmark, in the order in which they run. */
export const PARTS = [
  "latency",
  "first-picture",
  "codec",
  "load",
  "churn",
  "kill",
  "websocket",
  "sip",
  "network",
  "voices",
  "turns",
  "page",
] as const;
export type PartName = (typeof PARTS)[number];

export interface BenchOptions {
  readonly withPython: boolean;
  /** Recorded per server and turn; each part has its own default. */
  readonly seconds: number | undefined;
  readonly rounds: number;
  readonly streams: readonly number[];
  readonly cycles: number;
  readonly echoes: readonly number[];
  readonly calls: readonly number[];
  readonly cells: readonly NetworkCell[];
  readonly voices: readonly number[];
  readonly dialogues: number;
  readonly seeds: keyof typeof SEEDS;
  readonly codec: BenchCodec | undefined;
  readonly parts: readonly PartName[];
  readonly json: string | undefined;
  readonly strict: boolean;
}

export const USAGE = `npm run bench -- [options]

  --peer fastrtc      also measure Python's FastRTC, turn by turn (installed with pip into your cache)
  --only a,b          only these parts: ${PARTS.join(", ")}
  --codec h264|vp8    offer only this codec (default: both, as a browser does; the server chooses)
  --seconds n         seconds recorded per turn (default: 10 for latency, 5 for load)
  --rounds n          rounds of the latency part (default: 2)
  --streams 1,2,4     numbers of streams for the load part (default: 1,2,4,8,12,16,20,24)
  --cycles n          connects and disconnects of the churn part (default: 300)
  --echoes 100,200    numbers of streams for the websocket part (default: 100,200,400,600,800,1000,1200)
  --calls 10,50       numbers of telephone calls for the sip part, made by sipp (default: 10,50)
  --cells a,b         networks for the network part, as loss in %/round trip in ms/rate in kbit/s, or step for one that
                      falls from 2000 to 300 and rises again (default: 0,1,5,10,20 x 20,150 x 300,2000, and 0/*/step)
  --voices 1,100      numbers of voices that Silero VAD listens to (default: 1,100,200)
  --dialogues n       number of dialogues for the turns part, spoken by espeak-ng (default: 240)
  --seeds tuning      the dialogues by which the defaults were chosen, not those by which they are judged
  --json file         where the figures go (default: bench/results/<date>.json)
  --strict            exit code 1 when a budget is missed`;

/** Reads the command line. @throws {Error} with a sentence for the user when an option is wrong. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peer: { type: "string" },
      only: { type: "string" },
      codec: { type: "string" },
      seconds: { type: "string" },
      rounds: { type: "string", default: "2" },
      streams: { type: "string", default: "1,2,4,8,12,16,20,24" },
      cycles: { type: "string", default: "300" },
      echoes: { type: "string", default: "100,200,400,600,800,1000,1200" },
      calls: { type: "string", default: "10,50" },
      cells: { type: "string", default: ALL_CELLS.join(",") },
      voices: { type: "string", default: "1,100,200" },
      dialogues: { type: "string", default: "240" },
      seeds: { type: "string", default: "reporting" },
      json: { type: "string" },
      strict: { type: "boolean", default: false },
    },
  });
  if (values.peer !== undefined && values.peer !== "fastrtc") throw new Error("The only --peer is fastrtc.");
  const { codec } = values;
  if (codec !== undefined && codec !== "h264" && codec !== "vp8") throw new Error("--codec is h264 or vp8.");
  const { seeds } = values;
  if (seeds !== "tuning" && seeds !== "reporting") throw new Error("--seeds is tuning or reporting.");
  const parts = values.only?.split(",") ?? [...PARTS];
  const unknown = parts.find((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown !== undefined) throw new Error(`--only knows ${PARTS.join(", ")}, not ${unknown}.`);
  return {
    withPython: values.peer === "fastrtc",
    seconds: values.seconds === undefined ? undefined : count("--seconds", values.seconds),
    rounds: count("--rounds", values.rounds),
    streams: values.streams.split(",").map((value) => count("--streams", value)),
    cycles: count("--cycles", values.cycles),
    echoes: values.echoes.split(",").map((value) => count("--echoes", value)),
    calls: values.calls.split(",").map((value) => count("--calls", value)),
    cells: values.cells.split(",").map(parseCell),
    voices: values.voices.split(",").map((value) => count("--voices", value)),
    dialogues: count("--dialogues", values.dialogues),
    seeds,
    codec,
    parts: PARTS.filter((part) => parts.includes(part)),
    json: values.json,
    strict: values.strict,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} wants whole numbers from 1, not "${text}".`);
  return value;
}
