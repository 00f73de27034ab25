import { mkdir, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectPath } from "../../scripts/project.ts";
import { runTool } from "../../scripts/run-tool.ts";

/** What a page may write, and what the compiler has to say about it; nothing where it is right. */
const LINES: readonly (readonly [code: string, message: string | undefined])[] = [
  ['connect<typeof meter>("/rtc", { inputs: [0.5, "calm"] }).setInput(0.3, "wild");', undefined],
  ['connect<typeof meter>("/rtc").on("outputs", ([percent]) => percent.toFixed());', undefined],
  ['connect<typeof voice>("/rtc", { modality: "audio" });', undefined],
  ['connect("/rtc", { modality: "audio", mode: "receive" }).setInput(1, "anything");', undefined],
  [
    'connect<typeof meter>("/rtc").setInput("half", "calm");',
    "'string' is not assignable to parameter of type 'number'",
  ],
  ['connect<typeof meter>("/rtc").setInput(0.5, "angry");', "'\"angry\"' is not assignable"],
  [
    'connect<typeof meter>("/rtc").on("outputs", ([percent]) => percent.trim());',
    "'trim' does not exist on type 'number'",
  ],
  ['connect<typeof meter>("/rtc", { modality: "audio" });', "'\"audio\"' is not assignable to type '\"video\"'"],
  ['connect<typeof voice>("/rtc");', "Expected 2 arguments, but got 1"],
  ['connect<typeof watch>("/rtc", {});', "is not assignable to parameter of type 'ConnectOptions<"],
  [
    'connect<WithMessages<typeof meter, Move>>("/rtc").on("message", (m) => m.type === "custom" && m.data.to.toFixed());',
    undefined,
  ],
  ['connect<WithMessages<typeof meter, Move>>("/rtc").setInput(0.3, "wild");', undefined],
  [
    'connect<WithMessages<typeof meter, Move>>("/rtc").on("message", (m) => m.type === "log" && m.data.trim());',
    undefined,
  ],
  [
    'connect<typeof meter>("/rtc").on("message", (m) => m.type === "custom" && m.data.to);',
    "'m.data' is of type 'unknown'",
  ],
  [
    'useStream<WithMessages<typeof meter, Move>>("/rtc", { onMessage: (m) => m.type === "custom" && m.data.from });',
    "'from' does not exist on type 'Move'",
  ],
  ['useStream<typeof meter>("/rtc").setInput(0.5);', "Expected 2 arguments, but got 1"],
];

const PRELUDE = `import { connect, type WithMessages } from "../../src/client/index.ts";
import { useStream } from "../../src/client/react/index.ts";
import { slider, Stream, StreamHandler } from "../../src/index.ts";
import { z } from "zod";
interface Move { readonly type: "move"; readonly to: number }
class Sound extends StreamHandler { receive(): void {} emit(): null { return null; } copy(): Sound { return new Sound(); } }
const meter = new Stream({ modality: "video", handler: (frame, _level, _mood) => frame,
  additionalInputs: [slider(), z.enum(["calm", "wild"])], additionalOutputs: [slider()] });
const voice = new Stream({ modality: "audio", handler: new Sound() });
const watch = new Stream({ modality: "video", mode: "receive", handler: function* () { yield null; } });
`;

const folder = projectPath(".cache/client-types");
let output = "";

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/page.ts`, PRELUDE + LINES.map(([code]) => code).join("\n"));
  const compilerOptions = { lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"] };
  const config = { extends: "../../tsconfig.json", compilerOptions, include: ["."], exclude: [] };
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify(config));
  ({ output } = await runTool("typescript", ["-p", folder, "--pretty", "false"]));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(LINES.map(([code, message], index) => ({ code, message, line: PRELUDE.split("\n").length + index })))(
  "the compiler, of $code",
  ({ message, line }) => {
    const said = output.split("\n").filter((text) => text.includes(`page.ts(${line},`));
    if (message === undefined) expect(said).toEqual([]);
    else expect(said.join("\n")).toContain(message);
  },
);
