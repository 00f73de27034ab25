import { describe, expect, test } from "vitest";
import { createHandlerFactory } from "../../src/handlers/create-handler-factory.ts";
import { AudioFrame } from "../../src/media/audio-frame.ts";
import { decodeMuLaw, encodeMuLaw } from "../../src/media/g711.ts";
import type { Transport } from "../../src/session/transport.ts";
import { TelephoneCalls } from "../../src/transports/telephone/telephone-calls.ts";
import { twilioCarrier } from "../../src/transports/telephone/twilio-carrier.ts";
import { WebSocketOffers } from "../../src/transports/websocket/websocket-offers.ts";
import { ReplyOnPause } from "../../src/turns/reply-on-pause.ts";
import type { InterruptedReply } from "../../src/turns/reply-on-pause-options.ts";
import { audioSessions } from "../support/audio-session.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import { MemorySocket } from "../support/memory-socket.ts";
import { RecordingTransport } from "../support/recording-transport.ts";
import { SimulatedTwilio } from "../support/simulated-twilio.ts";
import { turns } from "../support/turns.ts";
import { loudnessDetector } from "./support/loudness-detector.ts";

const RATE = 8000;
const REPLY_MS = 4000;
const VOICE = new Int16Array(160).fill(8000);
const SILENCE = new Int16Array(160);
const JITTER_MS = 60;
const ONSET_TO_SILENCE_MS = 250;

/** Somebody on the other end: sends 20 ms at a time, and hears. */
interface Caller {
  send(samples: Int16Array): void;
  /** The pieces heard that are not silent, and when each began to be. */
  readonly heard: readonly { readonly atMs: number; readonly ms: number }[];
}

type Connect = (parts: ReturnType<typeof audioSessions>) => Caller;

const withSound = (samples: Int16Array): boolean => samples.some((sample) => Math.abs(sample) > 300);

const onTheTelephone: Connect = ({ registry, createSession, logger, clock }) => {
  const calls = new TelephoneCalls({ registry, createSession, carrier: twilioCarrier(undefined), logger, clock });
  const socket = new MemorySocket();
  const twilio = new SimulatedTwilio({ clock, send: (text) => socket.receive(text) });
  socket.onText = (text) => twilio.receive(text);
  calls.accept(socket, { headers: new Headers({ host: "example.com" }), pathAndQuery: "/telephone/handler" });
  twilio.start();
  return {
    send: (samples) => twilio.sendSound(samples),
    get heard() {
      return twilio.heard
        .filter(({ samples }) => withSound(samples))
        .map(({ atMs, samples }) => ({ atMs, ms: samples.length / 8 }));
    },
  };
};

/** A client of FastRTC's WebSocket: plays what comes in a row; one that asked for a format knows `clear`. */
const overWebSocket =
  (start: object): Connect =>
  ({ registry, createSession, logger, clock }) => {
    const rates = { inputSampleRate: RATE, outputSampleRate: RATE };
    const offers = new WebSocketOffers({ registry, createSession, logger, clock, rates });
    const socket = new MemorySocket();
    const player = new Player(clock);
    socket.onText = (text) => {
      const message = JSON.parse(text) as { event?: string; media?: { payload: string } };
      if (message.event === "clear") player.clear();
      if (message.media?.payload) player.play(decodeMuLaw(Buffer.from(message.media.payload, "base64")));
    };
    offers.accept(socket, new Headers());
    socket.receive({ event: "start", websocket_id: "peer", ...start });
    return {
      send: (samples) =>
        socket.receive({ event: "media", media: { payload: Buffer.from(encodeMuLaw(samples)).toString("base64") } }),
      heard: player.heard,
    };
  };

class Player {
  readonly heard: { atMs: number; ms: number }[] = [];
  readonly #clock: ManualClock;
  #endMs = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  play(samples: Int16Array, dueMs = this.#clock.nowMs()): void {
    const atMs = Math.max(dueMs, this.#endMs);
    this.#endMs = atMs + samples.length / 8;
    if (withSound(samples)) this.heard.push({ atMs, ms: samples.length / 8 });
  }

  clear(): void {
    const nowMs = this.#clock.nowMs();
    while ((this.heard.at(-1)?.atMs ?? 0) >= nowMs) this.heard.pop();
    const last = this.heard.at(-1);
    if (last) last.ms = Math.min(last.ms, nowMs - last.atMs);
    this.#endMs = nowMs;
  }
}

/** A browser: plays each packet when it is due and what it keeps against jitter has passed; nothing that was sent can be recalled. */
const overWebRtc: Connect = ({ createSession, clock }) => {
  const player = new Player(clock);
  const transport = new RecordingTransport();
  transport.audioFormat = { sampleRate: RATE, channels: 1, packetMs: 20, leadMs: 20, heardDelayMs: JITTER_MS };
  transport.sendAudio = ({ samples, timestampUs = 0 }) =>
    player.play(samples as Int16Array, timestampUs / 1000 + JITTER_MS);
  const session = createSession("peer", new Headers());
  session.attach(transport);
  session.connected();
  return {
    send: (samples) => session.audioFrame(new AudioFrame({ samples, sampleRate: RATE })),
    heard: player.heard,
  };
};

function converse(kind: Transport["kind"], connect: Connect) {
  const interrupted: InterruptedReply[] = [];
  let replies = 0;
  const handler = new ReplyOnPause(
    () => {
      replies += 1;
      return [RATE, new Int16Array((REPLY_MS * RATE) / 1000).map((_, index) => 8000 * Math.sin(index / 3))];
    },
    { model: loudnessDetector, endOfTurnModel: null, onInterrupted: (reply) => interrupted.push(reply) },
  );
  const factory = createHandlerFactory({ handler, modality: "audio", mode: "send-receive" });
  const parts = audioSessions({ kind, handler: () => factory.create() });
  const { clock } = parts;
  const caller = connect(parts);
  const say = async (samples: Int16Array, ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 20) {
      clock.advance(20);
      caller.send(samples);
      await turns();
    }
  };
  const heardMs = (): number => caller.heard.reduce((sum, { ms }) => sum + ms, 0);
  const lastHeardMs = (): number => {
    const last = caller.heard.at(-1);
    return last ? last.atMs + last.ms : 0;
  };
  return { clock, say, interrupted, heardMs, lastHeardMs, replies: () => replies };
}

describe.each<[name: string, kind: Transport["kind"], connect: Connect, toleranceMs: number]>([
  ["Twilio", "telephone", onTheTelephone, 20],
  ["a WebSocket of FastRTC's kind", "websocket", overWebSocket({}), 100],
  [
    "a WebSocket that asked for a format",
    "websocket",
    overWebSocket({ media: { encoding: "mulaw", sample_rate: RATE, binary: false } }),
    20,
  ],
  ["WebRTC, with 60 ms against jitter", "webrtc", overWebRtc, 20],
])("over %s", (_name, kind, connect, toleranceMs) => {
  test("an interrupted reply is silent within 0.25 s of the onset, and its function knows how much was heard", async () => {
    const { clock, say, interrupted, heardMs, lastHeardMs, replies } = converse(kind, connect);
    await say(SILENCE, 500);
    await say(VOICE, 800);
    await say(SILENCE, 2500);
    const onsetMs = clock.nowMs();
    await say(VOICE, 1000);
    expect(lastHeardMs() - onsetMs).toBeLessThanOrEqual(ONSET_TO_SILENCE_MS);
    expect(lastHeardMs()).toBeGreaterThan(onsetMs);
    expect(interrupted).toHaveLength(1);
    expect(Math.abs((interrupted[0]?.playedMs ?? 0) - heardMs())).toBeLessThanOrEqual(toleranceMs);
    const before = heardMs();
    await say(SILENCE, 5000);
    expect([replies(), Math.round(heardMs() - before)]).toEqual([2, REPLY_MS]);
  });

  test("a reply goes on after a word of agreement, and none of it is lost", async () => {
    const { say, heardMs, interrupted, replies } = converse(kind, connect);
    await say(VOICE, 800);
    await say(SILENCE, 2000);
    await say(VOICE, 380);
    await say(SILENCE, 5000);
    expect([replies(), interrupted]).toEqual([1, []]);
    expect(heardMs()).toBeGreaterThanOrEqual(REPLY_MS);
    expect(heardMs()).toBeLessThanOrEqual(REPLY_MS + 20);
  });
});
