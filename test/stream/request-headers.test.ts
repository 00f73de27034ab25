import { afterEach, expect, test } from "vitest";
import { AdditionalOutputs, getCurrentContext, type RequestHeaders, Stream } from "../../src/index.ts";
import { NativeClient } from "../support/native-client.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const clients: NativeClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A stream whose handler tells what it knows of its request. */
function tellingStream(logger = new RecordingLogger()): Stream {
  return new Stream({
    modality: "video",
    mode: "receive",
    handler: function* () {
      const { headers, transport } = getCurrentContext();
      yield new AdditionalOutputs(headers.get("authorization"), headers.get("x-many"), transport);
      for (;;) yield null;
    },
    verbose: true,
    logger,
  });
}

test.each([
  [
    "of a web Request",
    new Headers([
      ["Authorization", "Bearer secret"],
      ["x-many", "1"],
      ["x-many", "2"],
    ]),
  ],
  ["of a request of node:http", { authorization: "Bearer secret", "x-many": ["1", "2"], ":path": "/" }],
] satisfies [string, RequestHeaders][])(
  "the headers %s reach the handler of a WebRTC peer",
  async (_whose, headers) => {
    const logger = new RecordingLogger();
    const stream = tellingStream(logger);
    const client = new NativeClient();
    clients.push(client);
    await client.connect(stream, { headers });
    expect((await stream.fetchLatestOutput(client.id)).args).toEqual(["Bearer secret", "1, 2", "webrtc"]);
    await stream.close();
    expect(JSON.stringify(logger.lines)).not.toContain("secret");
  },
);

test("without headers there are none, and nothing fails", async () => {
  const stream = tellingStream();
  const client = new NativeClient();
  clients.push(client);
  await client.connect(stream);
  expect((await stream.fetchLatestOutput(client.id)).args).toEqual([null, null, "webrtc"]);
  await stream.close();
});
