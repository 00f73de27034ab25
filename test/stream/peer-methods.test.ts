import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { AdditionalOutputs, AudioVideoStreamHandler, Stream } from "../../src/index.ts";
import { MessageJoiner } from "../../src/protocol/message-pieces.ts";
import { NativeClient } from "../support/native-client.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const clients: NativeClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function newClient(): NativeClient {
  const client = new NativeClient();
  clients.push(client);
  return client;
}

function inputStream() {
  return new Stream({
    modality: "video",
    mode: "receive",
    additionalInputs: [z.string()],
    handler: function* (text) {
      for (let count = 0; ; count += 1) yield count < 3 ? new AdditionalOutputs(text, count) : null;
    },
    logger: new RecordingLogger(),
  });
}

const messagesOf = ({ messages }: NativeClient): unknown[] => messages.map((text): unknown => JSON.parse(text));

/** Waits until the client was told this. */
async function told(client: NativeClient, message: unknown): Promise<void> {
  await expect.poll(() => messagesOf(client), { timeout: 10_000 }).toContainEqual(message);
}

describe("the methods of a Stream that reach a peer", () => {
  test("tell its front end something: a text, anything else as JSON, and what is longer than it takes in pieces", async () => {
    const stream = inputStream();
    const client = newClient();
    await client.connect(stream);
    const long = { type: "long", data: "é".repeat(200_000) };
    stream.sendMessage(client.id, "hello");
    stream.sendMessage(client.id, { type: "move", data: [1, 2] });
    stream.sendMessage(client.id, long);
    await expect.poll(() => client.messages).toContain('{"type":"move","data":[1,2]}');
    expect(client.messages).toContain("hello");
    const joined = (): (string | undefined)[] => {
      const joiner = new MessageJoiner();
      return client.messages.map((text) => joiner.push(text));
    };
    await expect.poll(joined).toContain(JSON.stringify(long));
    expect(() => stream.sendMessage("nobody", "hello")).toThrow(
      expect.objectContaining({ code: "unknown_connection" }),
    );
    await stream.close();
  });

  test("ask for inputs, set them, give the outputs to every reader, and close the connection", async () => {
    const stream = inputStream();
    const client = newClient();
    const events = stream.outputEvents(client.id);
    const outputs = stream.outputStream(client.id);
    const latest = stream.fetchLatestOutput(client.id);
    await client.connect(stream);
    await told(client, { type: "send_input", data: "" });
    expect(() => stream.setInput(client.id, 5 as never)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    stream.setInput(client.id, "hello");
    expect((await outputs.next()).value?.args).toEqual(["hello", 0]);
    expect((await latest).args).toEqual(["hello", 0]);
    await told(client, { type: "fetch_output", data: "" });
    await expect(stream.triggerResponse(client.id)).rejects.toThrow("no triggerResponse method");
    await expect(stream.updateConnection(client.id, "open" as never)).rejects.toThrow(
      'can be "closed", but not "open"',
    );
    await stream.updateConnection(client.id, "closed");
    await told(client, { type: "update_connection", data: "closed" });
    expect(messagesOf(client)).toContainEqual({ type: "end_stream", data: "The stream was closed." });
    expect(await events.text()).toBe(': keep-alive\n\ndata: ["hello",0]\n\ndata: ["hello",1]\n\ndata: ["hello",2]\n\n');
    expect(stream.outputEvents(client.id).status).toBe(204);
    await stream.close();
  });

  test("know no peer that is not there", async () => {
    const stream = inputStream();
    const unknown = expect.objectContaining({ code: "unknown_connection" });
    expect(() => stream.setInput("nobody", "x")).toThrow(unknown);
    await expect(stream.updateConnection("nobody", "closed")).rejects.toEqual(unknown);
    await expect(stream.triggerResponse("nobody", "x")).rejects.toEqual(unknown);
  });

  test("trigger a response, with inputs where some are given", async () => {
    const log: unknown[] = [];
    class Triggered extends AudioVideoStreamHandler<[string]> {
      receive(): void {}
      emit(): null {
        return null;
      }
      videoReceive(): void {}
      videoEmit(): null {
        return null;
      }
      override triggerResponse(): void {
        log.push(this.latestArgs);
      }
      copy(): Triggered {
        return new Triggered();
      }
    }
    const stream = new Stream({
      modality: "audio-video",
      handler: new Triggered(),
      additionalInputs: [z.string().default("default")],
    });
    const client = newClient();
    await client.connect(stream);
    await expect.poll(() => stream.health().connected).toBe(1);
    await stream.triggerResponse(client.id);
    await stream.triggerResponse(client.id, "now");
    await expect(stream.triggerResponse(client.id, 5 as never)).rejects.toThrow("Additional input 1");
    expect(log).toEqual([["default"], ["now"]]);
    await stream.close();
  });

  test("refuse a handler that does not fit, before any peer comes", () => {
    expect(
      () =>
        new Stream({
          modality: "audio",
          // @ts-expect-error -- a function is not for sound
          handler: () => null,
        }),
    ).toThrow("handler is a function. Modality 'audio' in mode 'send-receive' takes a StreamHandler made with new");
    expect(() => new Stream({ modality: "video", handler: null as never })).toThrow(/✖ a handler\n {2}→ at handler/);
    expect(() => new Stream({ modality: "video", handler: (frame) => frame, additionalInputs: [5 as never] })).toThrow(
      "a component such as slider(), or a Standard Schema such as z.boolean()",
    );
  });
});
