import { expect, test } from "vitest";
import { RequestChannel, type RequestDataChannel } from "../../src/client/request-channel.ts";
import { MessageJoiner } from "../../src/protocol/message-pieces.ts";
import { turns } from "../support/turns.ts";

/** A data channel that opens and drains when the test says so. */
class FakeChannel extends EventTarget implements RequestDataChannel {
  readyState: RTCDataChannelState = "connecting";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  readonly sent: string[] = [];

  send(text: unknown): void {
    this.sent.push(String(text));
    this.bufferedAmount += String(text).length;
  }

  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  drain(): void {
    this.bufferedAmount = 0;
    this.dispatchEvent(new Event("bufferedamountlow"));
  }
}

function setUp() {
  const channel = new FakeChannel();
  const abort = new AbortController();
  return { channel, abort, requests: new RequestChannel(channel, abort.signal) };
}

test("requests wait until the channel is open, and of the inputs only the newest go", async () => {
  const { channel, requests } = setUp();
  requests.setInputs([1]);
  requests.showOutputs();
  requests.setInputs([2]);
  await turns();
  expect(channel.sent).toEqual([]);
  channel.open();
  await turns();
  expect(channel.sent).toEqual(['{"type":"show_outputs"}', '{"type":"set_input","data":[2]}']);
  requests.setInputs([3]);
  await turns();
  expect(channel.sent.at(-1)).toBe('{"type":"set_input","data":[3]}');
});

test("statistics are asked for once the channel is open, after everything else", async () => {
  const { channel, requests } = setUp();
  requests.askStats();
  requests.askStats();
  requests.setInputs([1]);
  channel.open();
  await turns();
  expect(channel.sent).toEqual(['{"type":"set_input","data":[1]}', '{"type":"stats"}']);
});

test("a long message goes in pieces, no more than 1 MiB ahead of the network", async () => {
  const { channel, requests } = setUp();
  channel.open();
  requests.setInputs(["x".repeat(3_000_000)]);
  await turns();
  expect(channel.bufferedAmount).toBeLessThan(1_200_000);
  requests.setInputs(["newest"]);
  for (let count = 0; count < 4; count += 1) {
    channel.drain();
    await turns();
  }
  const joiner = new MessageJoiner();
  const joined = channel.sent.flatMap((text) => joiner.push(text) ?? []);
  expect(joined.map(({ length }) => length)).toEqual([3_000_000 + '{"type":"set_input","data":[""]}'.length, 38]);
});

test("nothing is sent when the connection has ended", async () => {
  const { channel, abort, requests } = setUp();
  channel.open();
  requests.setInputs(["x".repeat(3_000_000)]);
  await turns();
  const { length } = channel.sent;
  abort.abort();
  await turns();
  requests.setInputs([1]);
  await turns();
  expect(channel.sent).toHaveLength(length);
});

test("a text comes after the inputs that were set before it, and after the wish to be shown outputs", async () => {
  const { channel, requests } = setUp();
  requests.setInputs(["typed"]);
  requests.sendTexts(["typed"]);
  requests.showOutputs();
  channel.open();
  await turns();
  expect(channel.sent).toEqual(['{"type":"show_outputs"}', '{"type":"set_input","data":["typed"]}', "typed"]);
});
