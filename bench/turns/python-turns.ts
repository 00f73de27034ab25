import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { getSileroModel } from "fastrtc";
import { preparePeerEnvironment } from "../servers/fastrtc-environment.ts";
import type { HeardStretch, ReplyCall, TurnPeer } from "./turn-peer.ts";

const program = fileURLToPath(new URL("../peer/turns.py", import.meta.url));

type Answer =
  | { readonly type: "ready" }
  | { readonly type: "block"; readonly samples: string; readonly windowSamples: number }
  | {
      readonly type: "heard";
      readonly nowMs: number;
      readonly calls: readonly ReplyCall[];
      readonly sounds: readonly HeardStretch[];
    };
type Heard = Extract<Answer, { readonly type: "heard" }>;

/** Python's FastRTC, in a process of its own: its `ReplyOnPause` as it is, on this package's voice detector. */
export class PythonTurns implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess, lines: AsyncIterator<string>) {
    this.#process = process;
    this.#lines = lines;
  }

  static async start(): Promise<PythonTurns> {
    const python = spawn(await preparePeerEnvironment(), [program], { stdio: ["pipe", "pipe", "inherit"] });
    const turns = new PythonTurns(python, createInterface({ input: python.stdout })[Symbol.asyncIterator]());
    await turns.#answer();
    return turns;
  }

  /** A connection of its own; one at a time. */
  async connect(): Promise<TurnPeer> {
    let heard = await this.#ask({ type: "begin" });
    return {
      rule: "Python FastRTC",
      get nowMs() {
        return heard.nowMs;
      },
      get calls() {
        return heard.calls;
      },
      get sounds() {
        return heard.sounds.map(({ fromMs, toMs }) => ({ fromMs, toMs }));
      },
      hear: async (samples) => {
        const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
        heard = await this.#ask({ type: "hear", samples: bytes.toString("base64") });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  async #ask(message: object): Promise<Heard> {
    this.#tell(message);
    for (;;) {
      const answer = await this.#answer();
      if (answer.type === "heard") return answer;
      if (answer.type === "block") this.#tell({ probabilities: probabilities(answer) });
    }
  }

  #tell(message: object): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  async #answer(): Promise<Answer> {
    const line = await this.#lines.next();
    if (line.done) throw new Error("Python's FastRTC ended: what it said is above.");
    return JSON.parse(line.value) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await new Promise((resolve) => this.#process.once("exit", resolve));
  }
}

/** What our detector says of a block, which FastRTC has it hear as if nothing had been before: the highest of each window. */
function probabilities({ samples, windowSamples }: Extract<Answer, { readonly type: "block" }>): number[] {
  const bytes = Buffer.from(samples, "base64");
  const block = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const silero = getSileroModel();
  const voice = silero.createStream();
  const found: number[] = [];
  for (let start = 0; start < block.length; start += windowSamples) {
    let highest = 0;
    for (let at = start; at < start + windowSamples; at += silero.windowSamples) {
      const window = new Float32Array(silero.windowSamples);
      window.set(block.subarray(at, at + window.length));
      highest = Math.max(highest, voice.push(window));
    }
    found.push(highest);
  }
  voice.close();
  return found;
}
