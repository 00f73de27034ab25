import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { NodeDataChannelTransport } from "../../../src/transports/webrtc/node-datachannel-transport.ts";
import type { PacketTransport, RemoteTransport } from "../../../src/transports/webrtc/packet-transport.ts";
import { probeIceServer } from "../../../src/transports/webrtc/probe-ice-server.ts";
import { NativePeer, type RecordedEvents, UNREACHABLE_CANDIDATE, recordEvents } from "./native-peer.ts";

/** The native peer may need a second try for its handshake, which comes after 1 s. */
vi.setConfig({ testTimeout: 60_000 });
const SOON = { interval: 2, timeout: 20_000 };

const REMOTE: RemoteTransport = {
  iceUfrag: "abcd",
  icePwd: "abcdefghijklmnopqrstuv",
  fingerprint: { algorithm: "sha-256", value: Array.from({ length: 32 }, () => "AB").join(":") },
  setup: "actpass",
  media: true,
  dataChannel: { maxMessageSize: 65_536 },
};

async function connected(peer: NativePeer, transport: PacketTransport, events: RecordedEvents): Promise<void> {
  await vi.waitUntil(() => transport.state === "connected", SOON);
  if (peer.offer.media.some(({ kind }) => kind === "video")) await vi.waitUntil(() => peer.isOpen, SOON);
  await vi.waitUntil(() => events.channels.length === peer.channels.length, SOON);
}

describe("what one-track mode rests on, inside the engine", () => {
  it("hands over RTP of any SSRC and payload type with its header extensions, byte for byte", async () => {
    const events = recordEvents();
    await using peer = new NativePeer();
    await using transport = peer.connect(events);
    await connected(peer, transport, events);
    const packets = [
      "80600001000000010000aaaa0102030405", // payload type 96
      "80ef0007000000020000bbbb", // another one, another SSRC, marker, no payload
      "90600002000000030000ccccbede00021122331000000000ff", // one-byte header extensions
      "90610003000000040000dddd1000000101020300ff", // the two-byte form
      "b0600004000000050000eeeebede00011000000001020304", // padding
    ];
    for (const hex of packets) expect(peer.send(Buffer.from(hex, "hex"))).toBe(true);
    await vi.waitUntil(() => events.packets.length >= packets.length, SOON);
    expect(events.packets).toEqual(packets.map((hex) => ({ kind: "rtp", hex })));
    expect(transport.stats()).toMatchObject({ packetsReceived: 5, packetsShed: 0, packetsInvalid: 0 });
  });

  it("hands over compound RTCP once and whole, whatever SSRCs it speaks of", async () => {
    const events = recordEvents();
    await using peer = new NativePeer();
    await using transport = peer.connect(events);
    await connected(peer, transport, events);
    const compound =
      "80c80006000000010000000000000000000000000000000000000000" + // SR
      "81c900070000000100000abc00000000000000000000000000000000000000000000" + // RR about another SSRC
      "0000" +
      "81ce00020000000100000def"; // PLI for a third
    peer.send(Buffer.from(compound, "hex"));
    peer.send(Buffer.from("81cd000300000001000000070001ffff", "hex")); // NACK alone (reduced size)
    await vi.waitUntil(() => events.packets.length >= 2, SOON);
    expect(events.packets).toEqual([
      { kind: "rtcp", hex: compound },
      { kind: "rtcp", hex: "81cd000300000001000000070001ffff" },
    ]);
  });

  it("sends RTP and RTCP of any SSRC, byte for byte, before it has received any", async () => {
    const events = recordEvents();
    await using peer = new NativePeer();
    await using transport = peer.connect(events);
    await connected(peer, transport, events);
    const packets = [
      "80c80006000000090000000000000000000000000000000000000000",
      "80600001000000010000aaaa01",
      "806f0001000000010000aaab02",
    ];
    for (const hex of packets) expect(transport.send(Buffer.from(hex, "hex"))).toBe(true);
    await vi.waitUntil(() => peer.received.length >= packets.length, SOON);
    expect(peer.received).toEqual(packets);
    expect(transport.stats()).toMatchObject({ packetsSent: 3, sendFailures: 0 });
  });
});

it("knows its parameters and host candidates at once", async () => {
  await using transport = new NodeDataChannelTransport(REMOTE, recordEvents(), { bindAddress: "127.0.0.1" });
  expect(transport.local).toEqual({
    iceUfrag: expect.stringMatching(/^.{4,}$/),
    icePwd: expect.stringMatching(/^.{22,}$/),
    fingerprint: { algorithm: "sha-256", value: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) },
    setup: "active",
  });
  expect(transport.localCandidates).toMatchObject([{ address: "127.0.0.1", protocol: "udp", type: "host" }]);
});

it("takes the passive part when the peer wants to begin the handshake", async () => {
  await using transport = new NodeDataChannelTransport({ ...REMOTE, setup: "active" }, recordEvents());
  expect(transport.local.setup).toBe("passive");
});

it("connects with media alone and with a data channel alone", async () => {
  for (const options of [{ channels: [] }, { media: false }]) {
    const events = recordEvents();
    await using peer = new NativePeer(options);
    await using transport = peer.connect(events);
    await connected(peer, transport, events);
    expect(events.errors).toEqual([]);
  }
});

it("exchanges text and bytes on data channels, and names the channel", async () => {
  const events = recordEvents();
  await using peer = new NativePeer({ channels: ["text"] });
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  const [channel] = events.channels;
  expect(channel).toMatchObject({ label: "text", protocol: "", isOpen: true });
  peer.channels[0]?.sendMessage("grüß dich");
  peer.channels[0]?.sendMessageBinary(Buffer.from([1, 2]));
  await vi.waitUntil(() => events.messages.length === 2, SOON);
  expect(events.messages).toEqual(["grüß dich", Buffer.from([1, 2])]);
  channel?.send("hello");
  channel?.send(new Uint8Array([3]));
  await vi.waitUntil(() => peer.channelMessages.length === 2, SOON);
  expect(peer.channelMessages).toEqual(["hello", Buffer.from([3])]);
  expect(() => channel?.send("x".repeat(65_537))).toThrow(/65537 bytes is larger than the 65536/);
});

it("drops data channel messages rather than let more than 4 MiB wait for a slow peer", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  const [channel] = events.channels;
  const sent = Array.from({ length: 500 }, () => channel?.send("x".repeat(60_000)));
  expect([sent[0], sent.at(-1)]).toEqual([true, false]);
  expect(channel?.bufferedAmount).toBeLessThanOrEqual(4 * 1024 * 1024);
});

it("closes a data channel that is flooded, and says so", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  for (let message = 0; message < 5000; message += 1) peer.channels[0]?.sendMessage("x");
  const until = performance.now() + 300; // The event loop is busy, so that all of it comes at once.
  while (performance.now() < until);
  await vi.waitUntil(() => events.errors.length > 0, SOON);
  expect(events.errors[0]?.message).toMatch(/flooded its data channel "text"/);
  expect(events.closedChannels).toEqual(events.channels);
  expect(events.messages.length).toBeLessThanOrEqual(512);
});

it("allows a peer 16 open data channels", async () => {
  const events = recordEvents();
  await using peer = new NativePeer({ channels: Array.from({ length: 16 }, (_, index) => `channel ${index}`) });
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  const extra = peer.openChannel("one too many");
  await vi.waitUntil(() => !extra.isOpen() && events.states.includes("connected"), SOON);
  expect(events.channels).toHaveLength(16);
});

it("sheds the oldest packets of a long absence of the event loop", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  const packet = Buffer.from("80600000000000010000aaaa", "hex");
  for (let number = 0; number < 3000; number += 1) {
    packet.writeUInt16BE(number, 2);
    peer.send(packet);
  }
  const until = performance.now() + 300;
  while (performance.now() < until);
  // The system may have lost the end of the burst: the last packet is sent until it comes.
  await vi.waitUntil(() => peer.send(packet) && events.packets.at(-1)?.hex === packet.toString("hex"), SOON);
  const { packetsReceived, packetsShed } = transport.stats();
  expect(packetsShed).toBeGreaterThan(0);
  expect(packetsReceived).toBe(events.packets.length);
});

it("survives RTP and RTCP of random bytes", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  let seed = 1;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  for (let round = 0; round < 2000; round += 1) {
    const packet = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
    if (round % 2 === 0) packet[0] = 0x80 | ((packet[0] ?? 0) & 0x3f);
    if (round % 4 === 0) packet[1] = 192 + ((packet[1] ?? 0) & 31);
    peer.send(packet);
    transport.send(packet);
  }
  peer.send(Buffer.from("80600001000000010000aaaa", "hex"));
  await vi.waitUntil(() => events.packets.some(({ hex }) => hex === "80600001000000010000aaaa"), SOON);
  expect(events.states).toEqual(["connected"]);
});

it("reports what listeners throw, and goes on", async () => {
  const thrown: string[] = [];
  const events = recordEvents({
    rtp: () => {
      throw new Error("in rtp");
    },
    channelMessage: () => {
      throw new Error("in channelMessage");
    },
    error: (error) => thrown.push(error.message),
  });
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  peer.send(Buffer.from("80600001000000010000aaaa", "hex"));
  peer.channels[0]?.sendMessage("x");
  await vi.waitUntil(() => thrown.length === 2, SOON);
  expect(thrown.toSorted()).toEqual(["in channelMessage", "in rtp"]);
});

it("says when the peer has closed the connection, and frees itself", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  peer.close();
  await vi.waitUntil(() => events.states.includes("closed"), SOON);
  expect(events.states).toEqual(["connected", "disconnected", "closed"]);
  expect(transport.send(Buffer.from("80600001000000010000aaaa", "hex"))).toBe(false);
  expect(transport.selectedPair()).toBeUndefined();
});

it("has no complaint about a candidate of a peer that left a moment ago", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  peer.close();
  // Meanwhile the event loop is busy and knows nothing of it; the engine takes candidates until it has closed.
  for (let port = 1000; port < 1060 && transport.addRemoteCandidate({ ...UNREACHABLE_CANDIDATE, port }); port += 1) {
    const until = performance.now() + 10;
    while (performance.now() < until);
  }
  expect(events.states).toEqual(["connected"]);
  expect(events.errors).toEqual([]);
});

it("tells the peer when it closes, says so once, and is quiet from then on", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  const transport = peer.connect(events);
  await connected(peer, transport, events);
  peer.send(Buffer.from("80600001000000010000aaaa", "hex"));
  await Promise.all([transport.close(), transport.close()]);
  await vi.waitUntil(() => peer.states.includes("closed"), SOON);
  expect(events.states).toEqual(["connected", "closed"]);
  expect(events.packets).toEqual([]);
});

it("names the pair of addresses in use", async () => {
  const events = recordEvents();
  await using peer = new NativePeer();
  await using transport = peer.connect(events);
  await connected(peer, transport, events);
  expect(transport.selectedPair()).toMatchObject({ local: { address: "127.0.0.1" }, remote: { address: "127.0.0.1" } });
});

it("uses what candidates it can, and leaves out the others without looking up a name", async () => {
  await using transport = new NodeDataChannelTransport(REMOTE, recordEvents(), { bindAddress: "127.0.0.1" });
  const usable = UNREACHABLE_CANDIDATE;
  expect(transport.addRemoteCandidate(usable)).toBe(true);
  expect(transport.addRemoteCandidate({ ...usable, address: "2001:db8::1", addressFamily: "ipv6" })).toBe(true);
  expect(transport.addRemoteCandidate({ ...usable, foundation: "f957a2332b1715da3b0ef8ba684454eb", port: 10 })).toBe(
    true,
  );
  expect(transport.addRemoteCandidate({ ...usable, protocol: "tcp" })).toBe(false);
  expect(transport.addRemoteCandidate({ ...usable, component: 2 })).toBe(false);
  expect(transport.addRemoteCandidate({ ...usable, address: "5cf2.local", addressFamily: "name" })).toBe(false);
  const added = Array.from({ length: 100 }, (_, index) =>
    transport.addRemoteCandidate({ ...usable, port: 1000 + index }),
  );
  expect(added.filter(Boolean)).toHaveLength(64 - 3);
});

it("serves several peers through one UDP port", async () => {
  const udpMuxPort = 41_987;
  for (let round = 0; round < 2; round += 1) {
    const events = [recordEvents(), recordEvents()] as const;
    await using first = new NativePeer();
    await using second = new NativePeer();
    await using firstTransport = first.connect(events[0], { udpMuxPort });
    await using secondTransport = second.connect(events[1], { udpMuxPort });
    await Promise.all([connected(first, firstTransport, events[0]), connected(second, secondTransport, events[1])]);
    first.send(Buffer.from("80600001000000010000aaaa", "hex"));
    second.send(Buffer.from("80600001000000010000bbbb", "hex"));
    await vi.waitUntil(() => events.every(({ packets }) => packets.length === 1), SOON);
    expect(events[1].packets).toEqual([{ kind: "rtp", hex: "80600001000000010000bbbb" }]);
    expect(
      [firstTransport, secondTransport].map(({ localCandidates }) => localCandidates.map(({ port }) => port)),
    ).toEqual([[udpMuxPort], [udpMuxPort]]);
  }
});

it("refuses parameters that cannot be used, and leaves nothing behind", () => {
  const broken: Partial<RemoteTransport>[] = [
    { iceUfrag: "" },
    { iceUfrag: "a\r\na=setup:active" },
    { icePwd: "short" },
    { icePwd: "a".repeat(1000) },
    { fingerprint: { algorithm: "sha-256", value: "nonsense" } },
    { fingerprint: { algorithm: "sha-256", value: "AB:".repeat(19) + "AB" } },
    { fingerprint: { algorithm: "md2", value: REMOTE.fingerprint.value } },
    { media: false, dataChannel: undefined },
  ];
  for (const change of broken) {
    const events = recordEvents();
    expect(() => new NodeDataChannelTransport({ ...REMOTE, ...change }, events)).toThrow(
      expect.objectContaining({
        code: "invalid_sdp",
        message: expect.stringMatching(/^The offer's transport cannot be used/),
      }),
    );
    expect(events.states).toEqual([]);
  }
});

it("refuses when no port can be opened, instead of ending the process", async () => {
  const taken = createSocket("udp4");
  taken.bind(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address();
  const refused = expect.objectContaining({ code: "port_in_use" });
  const options = { bindAddress: "127.0.0.1" };
  for (const busy of [
    { ...options, portRange: { begin: port, end: port } },
    { ...options, udpMuxPort: port },
    { bindAddress: "203.0.113.1" },
  ]) {
    expect(() => new NodeDataChannelTransport(REMOTE, recordEvents(), busy)).toThrow(refused);
  }
  await expect(
    probeIceServer({ type: "stun", host: "127.0.0.1", port }, { bindAddress: "203.0.113.1" }),
  ).rejects.toThrow(/gather/);
  taken.close();
});

it.each([
  { udpMuxPort: 0 },
  { udpMuxPort: 65_536 },
  { portRange: { begin: 2, end: 1 } },
  { portRange: { begin: 1.5, end: 3 } },
])("refuses the ports %j", (options) => {
  expect(() => new NodeDataChannelTransport(REMOTE, recordEvents(), options)).toThrow(
    expect.objectContaining({ code: "invalid_option" }),
  );
});

describe("asking a peer without media for a sign of life", () => {
  it("is answered again and again by itself, and leaves no channel behind", async () => {
    let pongs = 0;
    const events = recordEvents({ pong: () => (pongs += 1) });
    await using peer = new NativePeer({ media: false });
    await using transport = peer.connect(events);
    await connected(peer, transport, events);
    for (let count = 1; count <= 20; count += 1) {
      transport.ping();
      await vi.waitUntil(() => pongs === count, SOON);
    }
    expect([events.channels.length, events.errors]).toEqual([1, []]);
    await transport.close();
    transport.ping();
  });

  it("does nothing to a peer that offered no data channel", async () => {
    const events = recordEvents();
    await using peer = new NativePeer({ channels: [] });
    await using transport = peer.connect(events);
    await connected(peer, transport, events);
    transport.ping();
    expect(events.errors).toEqual([]);
  });
});
