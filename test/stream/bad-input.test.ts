import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Stream } from "../../src/index.ts";
import { demultiplex } from "../../src/rtp/demultiplex.ts";
import { parseRtcp } from "../../src/rtp/rtcp/compound.ts";
import { NativeClient } from "../support/native-client.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";

const capture = readFileSync(new URL("../captures/chromium-h264.jsonl", import.meta.url), "utf8").split("\n");
const { offer: chromiumOffer, streams } = JSON.parse(capture[0] ?? "") as {
  offer: string;
  streams: { ssrc: number }[];
};

let stream: Stream;
let logger: RecordingLogger;
beforeEach(() => {
  logger = new RecordingLogger();
  stream = new Stream({ handler: (frame) => frame, modality: "video", concurrencyLimit: 2, logger });
});
afterEach(() => stream.close());

const post = (body: unknown): Promise<Response> =>
  stream.fetch(new Request("http://localhost/webrtc/offer", { method: "POST", body: JSON.stringify(body) }));

async function expectRefusal(body: unknown, status: number, error: string): Promise<void> {
  const response = await post(body);
  expect([response.status, await response.json()]).toEqual([
    status,
    { status: "failed", meta: { error, message: expect.stringMatching(/^[A-Z].*\.$/s) } },
  ]);
  expect(stream.health().sessions).toBe(0);
}

describe("an offer that is none takes no place and is told why", () => {
  test.each([
    ["not SDP at all", "hello"],
    ["only a version", "v=0\r\n"],
    ["no media", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"],
    ["1,000 m-lines", chromiumOffer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(1000)],
    ["no ICE password", chromiumOffer.replaceAll(/a=ice-pwd:.*\r\n/g, "")],
    ["no fingerprint", chromiumOffer.replaceAll(/a=fingerprint:.*\r\n/g, "")],
    ["a fingerprint that is none", chromiumOffer.replaceAll(/a=fingerprint:.*\r\n/g, "a=fingerprint:sha-256 zz\r\n")],
    ["an ICE password with a line break smuggled in", chromiumOffer.replaceAll(/a=ice-pwd:/g, "a=ice-pwd:\r")],
  ])("%s", async (_name, sdp) => {
    await expectRefusal({ type: "offer", sdp, webrtc_id: "x" }, 400, "invalid_sdp");
  });

  test("a type that is no offer, a missing id, a missing type", async () => {
    await expectRefusal({ type: "answer", sdp: chromiumOffer, webrtc_id: "x" }, 422, "invalid_request");
    await expectRefusal({ type: "offer", sdp: chromiumOffer }, 422, "invalid_request");
    await expectRefusal({ sdp: chromiumOffer, webrtc_id: "x" }, 422, "invalid_request");
  });

  test("random bytes, and real offers with bytes changed: a refusal or an answer, never an error of ours", async () => {
    const random = new SeededRandom(7);
    for (let round = 0; round < 300; round += 1) {
      const bytes = [...(round % 3 === 0 ? "" : chromiumOffer)];
      const changes = round % 3 === 0 ? 400 : random.integer(1, 20);
      for (let change = 0; change < changes; change += 1) {
        bytes[random.integer(0, bytes.length)] = String.fromCharCode(random.integer(0, 255));
      }
      const response = await post({ type: "offer", sdp: bytes.join(""), webrtc_id: `x${round}` });
      expect([200, 400]).toContain(response.status);
      await stream.close();
    }
    expect(stream.health().sessions).toBe(0);
    expect(logger.at("error")).toEqual([]);
  });
});

describe("candidates", () => {
  test("of an unknown connection are refused", async () => {
    await expectRefusal(
      { type: "ice-candidate", webrtc_id: "nobody", candidate: { candidate: "" } },
      200,
      "unknown_connection",
    );
  });

  test("that are none are refused, and the connection stays", async () => {
    const offering = post({ type: "offer", sdp: chromiumOffer, webrtc_id: "x" });
    for (const candidate of [
      undefined,
      null,
      {},
      { candidate: 5 },
      { candidate: "candidate:rubbish" },
      { candidate: "x".repeat(100_000) },
    ]) {
      const response = await post({ type: "ice-candidate", webrtc_id: "x", candidate });
      expect(await response.json()).toMatchObject({ status: "failed", meta: { error: "invalid_candidate_format" } });
    }
    expect(await (await offering).json()).toMatchObject({ type: "answer" });
    for (let count = 0; count < 200; count += 1) {
      const candidate = {
        candidate: `candidate:${count} 1 udp 2122260223 127.0.0.1 ${9000 + count} typ host`,
        sdpMid: "0",
      };
      expect(await (await post({ type: "ice-candidate", webrtc_id: "x", candidate })).json()).toEqual({
        status: "success",
      });
    }
    expect(stream.health().sessions).toBe(1);
  });
});

test("of 1,000 offers at once as many are answered as there are places, and the others are told the limit", async () => {
  const replies = await Promise.all(
    Array.from({ length: 1000 }, async (_, index) => {
      const response = await post({ type: "offer", sdp: chromiumOffer, webrtc_id: `x${index}` });
      return (await response.json()) as { type?: string; meta?: { error: string; limit?: number } };
    }),
  );
  expect(replies.filter((reply) => reply.type === "answer")).toHaveLength(2);
  expect(
    replies.filter((reply) => reply.meta?.error === "concurrency_limit_reached" && reply.meta.limit === 2),
  ).toHaveLength(998);
  expect(stream.health().sessions).toBe(2);
  await stream.close();
  expect(stream.health().sessions).toBe(0);
});

test("RTP and RTCP of random bytes from a connected peer do no harm: it is served on", async () => {
  const client = new NativeClient();
  try {
    await client.connect(stream);
    const random = new SeededRandom(11);
    const packets = capture.slice(1).flatMap((line) => {
      const { kind, hex } = JSON.parse(line || "{}") as { kind?: string; hex?: string };
      return kind && hex ? [{ kind, bytes: withPayloadType(Buffer.from(hex, "hex"), kind) }] : [];
    });
    let sent = 0;
    for (let round = 0; round < 4000; round += 1) {
      const { kind, bytes } = random.pick(packets);
      const packet = Buffer.from(bytes);
      const from = round % 2 === 0 ? 12 : random.integer(12, packet.length - 1);
      for (let at = from; at < packet.length; at += 1) packet[at] = random.integer(0, 255);
      // SRTP sends no number twice.
      if (kind === "rtp") packet.writeUInt16BE(round, 2);
      if (client.send(packet)) sent += 1;
      if (round % 50 === 0) await new Promise(setImmediate);
    }
    expect(sent).toBeGreaterThan(1500);
    // Like a browser the client answers a keyframe request with its first pictures, which begin with a keyframe.
    let sequenceNumber = 20_000;
    const sendFirstPictures = (): void => {
      let frames = 0;
      for (const { kind, bytes } of packets) {
        if (kind !== "rtp" || bytes.readUInt32BE(8) !== streams[0]?.ssrc || frames === 5) continue;
        if ((bytes[1] ?? 0) & 0x80) frames += 1;
        const again = Buffer.from(bytes);
        sequenceNumber += 1;
        again.writeUInt16BE(sequenceNumber, 2);
        client.send(again);
      }
    };
    const answered = client.receivesSome((packet) => {
      if (demultiplex(packet) === "rtp") return ((packet[1] ?? 0) & 0x7f) === 102;
      if (parseRtcp(packet)?.some(({ type }) => type === "picture-loss-indication")) sendFirstPictures();
      return false;
    });
    sendFirstPictures();
    await answered;
    expect(stream.health().connected).toBe(1);
  } finally {
    client.close();
  }
});

/** The packet with the payload type of H.264 that the client offers. */
function withPayloadType(packet: Buffer, kind: string): Buffer {
  if (kind === "rtp") packet[1] = ((packet[1] ?? 0) & 0x80) | 102;
  return packet;
}
