import { afterEach, expect, test } from "vitest";
import { AdditionalOutputs, number, slider, state, Stream, StreamHandler, textbox } from "../../src/index.ts";
import { splitMessage } from "../../src/protocol/message-pieces.ts";
import { NativeClient } from "../support/native-client.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const clients: NativeClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function connectedClient(stream: ReturnType<typeof makeStream>): Promise<NativeClient> {
  const client = new NativeClient();
  clients.push(client);
  await client.connect(stream);
  return client;
}

/** Gives its inputs as outputs, again and again. */
function makeStream() {
  return new Stream({
    modality: "video",
    mode: "receive",
    additionalInputs: [slider({ maximum: 1 }), state({ value: "secret" }), number({ value: 7, interactive: false })],
    additionalOutputs: [number(), textbox()],
    additionalOutputsHandler: (_shown, _text, level: number, secret: string) => [level * 100, secret],
    handler: (level, secret, fixed) => new AdditionalOutputs(level, secret, fixed),
    logger: new RecordingLogger(),
  });
}

const inputs = (level: unknown) => JSON.stringify({ type: "set_input", data: [level, "mine", 8] });
const heard = ({ messages }: NativeClient): unknown[] => messages.map((text): unknown => JSON.parse(text));

test("a visitor of the page sets what is the visitor's to set, and what is wrong is told", async () => {
  const stream = makeStream();
  await stream.fetch(new Request("http://localhost/"), { page: true });
  const client = await connectedClient(stream);
  await client.say(inputs("much"));
  await expect.poll(() => heard(client)).toContainEqual(expect.objectContaining({ type: "error" }));
  await client.say(inputs(0.25));
  for await (const { args } of stream.outputStream(client.id)) {
    if (args[0] === 0) continue;
    expect(args).toEqual([0.25, "secret", 7]);
    break;
  }
  expect(heard(client)).not.toContainEqual(expect.objectContaining({ type: "show_outputs" }));
  await client.say('{"type":"show_outputs"}');
  await expect.poll(() => heard(client)).toContainEqual({ type: "show_outputs", data: [25, "secret"] });
  await stream.close();
});

test("where no page is served inputs belong to the application, and messages are answered as ever", async () => {
  const stream = makeStream();
  const client = await connectedClient(stream);
  await client.say(inputs(0.25));
  await expect.poll(() => heard(client)).toContainEqual({ type: "log", data: `Server received: ${inputs(0.25)}` });
  expect(heard(client)).not.toContainEqual(expect.objectContaining({ type: "error" }));
  await stream.close();
});

test.each([true, false])(
  "a long text that comes in pieces reaches the handler whole (page served: %s)",
  async (isServed) => {
    const texts: string[] = [];
    class Listener extends StreamHandler {
      receive(): void {}
      emit(): null {
        return null;
      }
      override onMessage(text: string): void {
        texts.push(text);
      }
      copy(): Listener {
        return new Listener();
      }
    }
    const stream = new Stream({ modality: "audio", handler: new Listener(), logger: new RecordingLogger() });
    if (isServed) await stream.fetch(new Request("http://localhost/"), { page: true });
    const client = new NativeClient({ media: "audio" });
    clients.push(client);
    await client.connect(stream);
    const long = JSON.stringify({ type: "document", data: "x".repeat(100_000) });
    for (const piece of splitMessage(long)) await client.say(piece);
    await client.say("short");
    await expect
      .poll(() => texts.map((text) => [text.length, text === long]))
      .toEqual([
        [long.length, true],
        [5, false],
      ]);
    await expect
      .poll(() => heard(client))
      .toContainEqual({ type: "log", data: `Server received: ${long.slice(0, 1000)}` });
    await stream.close();
  },
);

test("a visitor of the page is told how its own stream does, when it asks", async () => {
  const stream = makeStream();
  await stream.fetch(new Request("http://localhost/"), { page: true });
  const client = await connectedClient(stream);
  await client.say('{"type":"stats"}');
  await expect
    .poll(() => heard(client))
    .toContainEqual({ type: "stats", data: expect.objectContaining({ sentFps: expect.any(Number) }) });
  await stream.close();
});
