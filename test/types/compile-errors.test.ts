import { mkdir, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectPath } from "../../scripts/project.ts";
import { runTool } from "../../scripts/run-tool.ts";
import { EXPECTED_HANDLERS } from "../../src/handlers/expected-handlers.ts";

/** What is wrong, one line each, and what the compiler has to say about it. */
const MISUSES: readonly (readonly [code: string, ...messages: readonly string[]])[] = [
  ['new Stream({ modality: "video", handler: sound });', EXPECTED_HANDLERS.video["send-receive"]],
  ['new Stream({ modality: "video", handler: 5 });', EXPECTED_HANDLERS.video["send-receive"]],
  ['new Stream({ modality: "video", handler: () => 5 });', EXPECTED_HANDLERS.video["send-receive"], "Type 'number'"],
  ['new Stream({ modality: "video", mode: "send", handler: sound });', EXPECTED_HANDLERS.video.send],
  [
    'new Stream({ modality: "video", mode: "receive", handler: (frame: VideoFrame) => frame });',
    EXPECTED_HANDLERS.video.receive,
  ],
  [
    'new Stream({ modality: "audio", handler: function* () { yield null; } });',
    EXPECTED_HANDLERS.audio["send-receive"],
  ],
  ['new Stream({ modality: "audio", mode: "send", handler: () => null });', EXPECTED_HANDLERS.audio.send],
  ['new Stream({ modality: "audio", handler: Sound });', EXPECTED_HANDLERS.audio["send-receive"]],
  ['new Stream({ modality: "audio", mode: "receive", handler: sound });', EXPECTED_HANDLERS.audio.receive],
  [
    'new Stream({ modality: "audio", mode: "receive", handler: function* () { yield frame; } });',
    EXPECTED_HANDLERS.audio.receive,
    "Type 'VideoFrame'",
  ],
  ['new Stream({ modality: "audio-video", handler: sound });', EXPECTED_HANDLERS["audio-video"]["send-receive"]],
  [
    'new Stream({ modality: "audio-video", mode: "receive", handler: function* () { yield null; } });',
    EXPECTED_HANDLERS["audio-video"].receive,
  ],
  [
    'new Stream({ modality: "audio", handler: new Typed(), additionalInputs: [textbox()] });',
    "Type 'string' is not assignable to type 'number'",
  ],
  [
    'new Stream({ modality: "video", handler: (frame, text: number) => frame, additionalInputs: [textbox()] });',
    "Type 'string' is not assignable to type 'number'",
  ],
  ['new Stream({ modality: "pictures", handler: sound });', `Type '"pictures"' is not assignable to type 'Modality'`],
  [
    'new Stream({ modality: "audio", mode: "both", handler: sound });',
    `Type '"both"' is not assignable to type 'Mode'`,
  ],
  ['new Stream({ modality: "audio", handler: sound, timelimit: 5 });', "'timelimit' does not exist"],
  [
    'new Stream({ modality: "audio-video", handler: sound, mode: "send" });',
    EXPECTED_HANDLERS["audio-video"].send,
    "missing the following properties",
    "videoReceive, videoEmit",
  ],
  [
    'new Stream({ modality: "video", handler: (frame: VideoFrame, one: string, two: string) => frame, additionalInputs: [textbox()] });',
    EXPECTED_HANDLERS.video["send-receive"],
    "Expected 3 or more, but got 2",
  ],
  ["new Stream({ handler: sound });", "Property 'modality' is missing"],
  ['new Stream({ modality: "audio" });', "Property 'handler' is missing"],
  [
    'new Stream({ modality: "audio", handler: sound, additionalOutputs: [slider(), textbox()], additionalOutputsHandler: () => [1] });',
    "Target requires 2 element(s) but source may have fewer",
  ],
  ['inputs.setInput("id", "half");', `Argument of type 'string' is not assignable to parameter of type 'number'`],
  ['inputs.setInput("id");', "Expected 2 arguments, but got 1"],
  [
    'inputs.updateConnection("id", "open");',
    `Argument of type '"open"' is not assignable to parameter of type '"closed"'`,
  ],
  [
    'new Stream({ modality: "audio", handler: sound, additionalOutputs: [slider()], additionalOutputsHandler: () => "x" });',
    "Type 'string' is not assignable to type",
  ],
];

const PRELUDE = `import { Stream, StreamHandler, slider, textbox, type VideoFrame } from "../../src/index.ts";
declare const frame: VideoFrame;
class Sound extends StreamHandler { receive(): void {} emit(): null { return null; } copy(): Sound { return new Sound(); } }
class Typed extends StreamHandler<[number]> { receive(): void {} emit(): null { return null; } copy(): Typed { return new Typed(); } }
const sound = new Sound();
const inputs = new Stream({ modality: "video", handler: (given, level) => (level > 0 ? given : null), additionalInputs: [slider()] });
`;

describe("the compiler, of what cannot work", () => {
  const folder = projectPath(".cache/compile-errors");
  let messages: ReadonlyMap<number, string> = new Map();

  beforeAll(async () => {
    const lines = MISUSES.map(([code]) => (code.startsWith("new") ? `void ${code}` : code));
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/misuses.ts`, PRELUDE + lines.join("\n"));
    await writeFile(
      `${folder}/tsconfig.json`,
      JSON.stringify({ extends: "../../tsconfig.json", include: ["."], exclude: [] }),
    );
    messages = messagesByLine((await runTool("typescript", ["-p", folder, "--pretty", "false"])).output);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const firstLine = PRELUDE.split("\n").length;
  test("has nothing to say about what comes before", () => {
    expect([...messages.keys()].filter((line) => line < firstLine)).toEqual([]);
  });
  test.each(MISUSES.map((misuse, index) => [misuse[0], misuse.slice(1), firstLine + index] as const))(
    "%s",
    (_code, expected, line) => {
      for (const message of expected) expect(messages.get(line)).toContain(message);
    },
  );
});

/** What the compiler says of each line of the file, all of it. */
function messagesByLine(output: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  let line = 0;
  for (const text of output.split("\n")) {
    const start = /misuses\.ts\((\d+),\d+\): /.exec(text);
    if (start) line = Number(start[1]);
    found.set(line, `${found.get(line) ?? ""}${text}\n`);
  }
  found.delete(0);
  return found;
}
