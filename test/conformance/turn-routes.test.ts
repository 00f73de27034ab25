import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { OpusDecoder } from "../../src/codecs/opus-decoder.ts";
import { OpusEncoder } from "../../src/codecs/opus-encoder.ts";
import type { OfferReply } from "../../src/protocol/offer-reply.ts";
import { AudioConverter } from "../../src/media/audio-converter.ts";
import { decodeMuLaw, encodeMuLaw } from "../../src/media/g711.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../src/rtp/packet.ts";
import { speak } from "../../src/testing/speak.ts";
import { NATIVE_CLIENT_SSRC, NativeClient } from "../support/native-client.ts";
import { loudest } from "../support/tones.ts";
import { WebSocketClient } from "../support/websocket-client.ts";
import { type ConformanceServer, startConformanceServer } from "./conformance-server.ts";

vi.setConfig({ testTimeout: 90_000 }); // Conversations take their time.

const PACKET_SAMPLES = 960;
const PAYLOAD_TYPE = 111;

let server: ConformanceServer;
let question: Int16Array;
beforeAll(async () => {
  server = await startConformanceServer({ port: 0 });
  question =
    new AudioConverter({ sampleRate: 48_000, channels: 1 }).push(await speak("What time is it?"))?.toInt16() ??
    question;
});
afterAll(() => server.close());

/** A client of either kind: 20 ms of 48 kHz in, and what it was sent. */
interface Client extends AsyncDisposable {
  send(samples: Int16Array): Promise<void>;
  /** What it has heard so far, from -1 to 1, and at which rate. */
  heard(): { readonly samples: readonly number[]; readonly sampleRate: number };
  /** The messages for front ends, each as its type, with its data where it is a log. */
  told(): readonly string[];
}

async function overWebSocket(path: string): Promise<Client> {
  const client = await WebSocketClient.connect(`${server.url}${path}`);
  await client.start(`websocket${path}`);
  return {
    send: async (samples) => client.sendMuLaw(encodeMuLaw(samples)),
    heard: () => ({ samples: Array.from(decodeMuLaw(client.heard), (sample) => sample / 32_768), sampleRate: 24_000 }),
    told: () => client.messages.flatMap(({ type, data }) => nameOf({ type, data })),
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  };
}

async function overWebRtc(path: string): Promise<Client> {
  const client = new NativeClient({ media: "audio" });
  const encoder = await OpusEncoder.create({});
  const decoder = await OpusDecoder.create({ channels: 1 });
  const samples: number[] = [];
  void client.receivesSome((bytes) => {
    const packet = parseRtpPacket(bytes);
    if (packet?.payloadType === PAYLOAD_TYPE)
      for (const sample of decoder.decode(packet.payload)) samples.push(sample / 32_768);
    return false;
  });
  const offer = async (body: unknown): Promise<OfferReply> => {
    const response = await fetch(`${server.url}${path}/webrtc/offer`, { method: "POST", body: JSON.stringify(body) });
    return (await response.json()) as OfferReply;
  };
  await client.connect({ offer });
  let sequenceNumber = 0;
  return {
    async send(sound) {
      const payload = await encoder.encode(sound);
      if (!payload) return;
      sequenceNumber += 1;
      const timestamp = sequenceNumber * PACKET_SAMPLES;
      client.send(
        serializeRtpPacket({ payloadType: PAYLOAD_TYPE, sequenceNumber, timestamp, ssrc: NATIVE_CLIENT_SSRC, payload }),
      );
    },
    heard: () => ({ samples, sampleRate: 48_000 }),
    told: () => client.messages.flatMap((message) => nameOf(JSON.parse(message) as Record<string, unknown>)),
    async [Symbol.asyncDispose]() {
      client.close();
      await encoder.close();
      await decoder.close();
    },
  };
}

function nameOf({ type, data }: Record<string, unknown>): string[] {
  if (typeof type !== "string") return [];
  return type === "log" && typeof data === "string" ? [data] : [type];
}

/** Sends sound as a microphone does, 20 ms at a time, when it is due. */
async function speakTo(client: Client, sound: Int16Array): Promise<void> {
  const beganMs = performance.now();
  for (let at = 0; at + PACKET_SAMPLES <= sound.length; at += PACKET_SAMPLES) {
    await client.send(sound.slice(at, at + PACKET_SAMPLES));
    await pause(Math.max(0, beganMs + (at + PACKET_SAMPLES) / 48 - performance.now()));
  }
}

/** Is silent until something is so. */
async function silentUntil(client: Client, isSo: () => boolean, withinMs = 20_000): Promise<void> {
  for (let ms = 0; ms < withinMs && !isSo(); ms += 100) await speakTo(client, new Int16Array(4800));
  expect({ isSo: isSo(), told: client.told() }).toEqual({ isSo: true, told: client.told() });
}

/** How much of it is not silence, in milliseconds. */
function loudMs({ samples, sampleRate }: ReturnType<Client["heard"]>): number {
  const step = sampleRate / 50;
  let loud = 0;
  for (let at = 0; at < samples.length; at += step) {
    if (samples.slice(at, at + step).some((sample) => Math.abs(sample) > 0.02)) loud += 1;
  }
  return loud * 20;
}

const soundMs = (client: Client): number => loudMs(client.heard());

const TURN = ["started_talking", "pause_detected", "response_starting"];

describe.each([
  ["a WebSocket", overWebSocket],
  ["WebRTC", overWebRtc],
])("over %s", (_name, connect) => {
  test("/reply-echo says again what was said", async () => {
    await using client = await connect("/reply-echo");
    await speakTo(client, question);
    const questionMs = loudMs({ samples: Array.from(question, (sample) => sample / 32_768), sampleRate: 48_000 });
    await silentUntil(client, () => soundMs(client) > questionMs - 100);
    await silentUntil(client, () => true);
    expect(Math.abs(soundMs(client) - questionMs)).toBeLessThan(200);
    expect(client.told().filter((name) => TURN.includes(name))).toEqual(TURN);
  });

  test("/reply-long answers with 440 Hz, and falls silent for whoever speaks", async () => {
    await using client = await connect("/reply-long");
    await speakTo(client, question);
    await silentUntil(client, () => soundMs(client) > 1000);
    const { samples, sampleRate } = client.heard();
    expect(Math.round(loudest(samples.slice(-sampleRate / 2), sampleRate).frequency / 5) * 5).toBe(440);
    const before = soundMs(client);
    await speakTo(client, question);
    expect(soundMs(client) - before).toBeLessThan(question.length / 48 - 300);
    await silentUntil(client, () => client.told().filter((name) => name === "response_starting").length === 2);
  });

  test("/reply-guarded goes on when somebody speaks", async () => {
    await using client = await connect("/reply-guarded");
    await speakTo(client, question);
    await silentUntil(client, () => soundMs(client) > 500);
    const before = soundMs(client);
    await speakTo(client, question);
    expect(soundMs(client) - before).toBeGreaterThan(question.length / 48 - 500);
    expect(client.told().filter((name) => TURN.includes(name))).toEqual(TURN);
  });

  test("/stopword answers the turn after the words that were posted, and no other", async () => {
    await using client = await connect("/stopword");
    await speakTo(client, question);
    await silentUntil(client, () => true);
    await speakTo(client, new Int16Array(48_000));
    expect([client.told().filter((name) => TURN.includes(name)), soundMs(client)]).toEqual([[], 0]);
    const said = await fetch(`${server.url}/stopword/say`, { method: "POST", body: "Hello, computer!" });
    expect(said.status).toBe(204);
    await speakTo(client, question);
    await silentUntil(client, () => client.told().includes("stopword"));
    await speakTo(client, question);
    await silentUntil(client, () => soundMs(client) > 600);
    expect(client.told().filter((name) => name === "stopword" || TURN.includes(name))).toEqual(["stopword", ...TURN]);
  });
});
