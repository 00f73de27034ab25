import { createSocket } from "node:dgram";
import { describe, expect, test } from "vitest";
import { type NetworkOptions, type RtcConfigurationSource, Stream } from "../../../src/index.ts";
import { parseCandidate } from "../../../src/protocol/sdp/candidate.ts";
import { NativeClient } from "../../support/native-client.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

function streamWith(network: NetworkOptions, rtcConfiguration?: RtcConfigurationSource) {
  const logger = new RecordingLogger();
  const common = { modality: "video", concurrencyLimit: null, logger, network } as const;
  return new Stream({ handler: (frame) => frame, ...common, ...(rtcConfiguration && { rtcConfiguration }) });
}

/** The candidates of a Stream's answer. */
async function answeredCandidates(network: NetworkOptions, stream = streamWith(network)) {
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

  test("a port for peers behind TURN over TCP is announced last, at the public address as well", async () => {
    const relayPort = await freePort();
    const network = {
      publicAddresses: ["203.0.113.7"],
      bindAddress: "127.0.0.1",
      udpPort: await freePort(),
      relayPort,
    };
    expect(await answeredCandidates(network)).toEqual([
      { address: "203.0.113.7", port: network.udpPort, type: "host" },
      { address: "203.0.113.7", port: relayPort, type: "host" },
      { address: "127.0.0.1", port: network.udpPort, type: "host" },
      { address: "127.0.0.1", port: relayPort, type: "host" },
    ]);
  });

  test.each(["turns:192.0.2.1", "turn:192.0.2.1?transport=tcp"])(
    "there is such a port once a configuration names %s",
    async (urls) => {
      const network = { bindAddress: "127.0.0.1" };
      const iceServers = [{ urls, username: "u", credential: "c" }];
      expect(await answeredCandidates(network, streamWith(network, { iceServers }))).toHaveLength(2);
      expect(await answeredCandidates(network)).toHaveLength(1);
    },
  );

  test("there is such a port for the peers after one that had such a relay", async () => {
    const stream = streamWith({ bindAddress: "127.0.0.1" });
    const [first, second] = [new NativeClient({ bindAddress: "127.0.0.1" }), new NativeClient()];
    const { sdp } = await first.connect(stream);
    expect(sdp.match(/a=candidate/g)).toHaveLength(1);
    const candidate = "candidate:1437932648 1 udp 16785663 192.0.2.1 62997 typ relay raddr 0.0.0.0 rport 0";
    await stream.offer({ type: "ice-candidate", candidate: { candidate }, webrtc_id: first.id });
    const reply = await stream.offer({ type: "offer", sdp: await second.offer(), webrtc_id: second.id });
    expect("sdp" in reply && reply.sdp.match(/a=candidate/g)).toHaveLength(2);
    await stream.close();
    first.close();
    second.close();
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
