import { createSocket } from "node:dgram";
import { describe, expect, test } from "vitest";
import { type NetworkOptions, Stream } from "../../../src/index.ts";
import { parseCandidate } from "../../../src/protocol/sdp/candidate.ts";
import { NativeClient } from "../../support/native-client.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

function streamWith(network: NetworkOptions) {
  const logger = new RecordingLogger();
  return new Stream({ handler: (frame) => frame, modality: "video", concurrencyLimit: null, logger, network });
}

/** The candidates of a Stream's answer. */
async function answeredCandidates(network: NetworkOptions) {
  const stream = streamWith(network);
  const client = new NativeClient();
  const reply = await stream.offer({ type: "offer", sdp: await client.offer(), webrtc_id: client.id });
  await stream.close();
  client.close();
  if (!("sdp" in reply)) throw new Error(JSON.stringify(reply));
  const lines = reply.sdp.split("\r\n").filter((line) => line.startsWith("a=candidate"));
  return lines.map(parseCandidate).map(({ address, port, type }) => ({ address, port, type }));
}

/** A UDP port of this machine that is free now. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

describe("the network that a Stream is told of", () => {
  test("a public address is announced ahead of the machine's own, with the same port", async () => {
    const candidates = await answeredCandidates({
      publicAddresses: ["203.0.113.7", "2001:db8::7"],
      bindAddress: "127.0.0.1",
    });
    const port = candidates[0]?.port;
    expect(candidates).toEqual([
      { address: "203.0.113.7", port, type: "host" },
      { address: "127.0.0.1", port, type: "host" },
    ]);
  });

  test("ports come from the range, and when it is used up the next peer is told to come later", async () => {
    const first = await freePort();
    const stream = streamWith({ portRange: [first, first], bindAddress: "127.0.0.1" });
    const clients = [new NativeClient({ bindAddress: "127.0.0.1" }), new NativeClient({ bindAddress: "127.0.0.1" })];
    const [connected, refused] = clients;
    if (!connected || !refused) throw new Error("two clients");
    await connected.connect(stream);
    expect(connected.serverPort).toBe(first);
    expect(await stream.offer({ type: "offer", sdp: await refused.offer(), webrtc_id: refused.id })).toMatchObject({
      status: "failed",
      meta: { error: "server_unavailable" },
    });
    expect(stream.health()).toMatchObject({ sessions: 1 });
    await stream.close();
    for (const client of clients) client.close();
  });

  test("twenty peers and two Streams share one UDP port", async () => {
    const udpPort = await freePort();
    const streams = [
      streamWith({ udpPort, bindAddress: "127.0.0.1" }),
      streamWith({ udpPort, bindAddress: "127.0.0.1" }),
    ];
    const clients = Array.from({ length: 20 }, () => new NativeClient({ bindAddress: "127.0.0.1" }));
    await Promise.all(
      clients.map(async (client, index) => {
        const stream = streams[index % 2];
        if (stream) await client.connect(stream);
      }),
    );
    expect(new Set(clients.map(({ serverPort }) => serverPort))).toEqual(new Set([udpPort]));
    await expect.poll(() => streams.map((stream) => stream.health().connected)).toEqual([10, 10]);
    for (const client of clients) client.close();
    await expect.poll(() => streams.map((stream) => stream.health().sessions)).toEqual([0, 0]);
    for (const stream of streams) await stream.close();
  });

  test("IPv6 alone is enough", async () => {
    const stream = streamWith({ bindAddress: "::1" });
    const client = new NativeClient({ bindAddress: "::1" });
    await client.connect(stream);
    expect(client.serverAddress).toBe("::1");
    await stream.close();
    client.close();
  });
});
