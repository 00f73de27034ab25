import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createHandlerFactory } from "../../../src/handlers/create-handler-factory.ts";
import { StreamHandler } from "../../../src/handlers/stream-handler.ts";
import { AudioFrame } from "../../../src/media/audio-frame.ts";
import { getCurrentContext } from "../../../src/session/context.ts";
import type { PeerHandler } from "../../../src/session/peer-handler.ts";
import type { Transport } from "../../../src/session/transport.ts";
import { TelephoneCalls } from "../../../src/transports/telephone/telephone-calls.ts";
import { TelephoneTransport } from "../../../src/transports/telephone/telephone-transport.ts";
import { twilioCarrier } from "../../../src/transports/telephone/twilio-carrier.ts";
import {
  type AudioSessionsOptions,
  audioSessions,
  echoHandler,
  listeningHandler,
} from "../../support/audio-session.ts";
import { MemorySocket } from "../../support/memory-socket.ts";
import { SimulatedTwilio } from "../../support/simulated-twilio.ts";
import { turns } from "../../support/turns.ts";

const AUTH_TOKEN = "12345";
const NO_FORM = { body: "", form: [] };

function setUp({ authToken, ...options }: Partial<AudioSessionsOptions> & { authToken?: string } = {}) {
  const sessions = audioSessions({ kind: "telephone", ...options });
  const { clock, logger, registry, createSession } = sessions;
  const transports: Transport[] = [];
  const calls = new TelephoneCalls({
    registry,
    createSession: (id, headers) => {
      const session = createSession(id, headers);
      const attach = session.attach.bind(session);
      session.attach = (transport) => {
        transports.push(transport);
        attach(transport);
      };
      return session;
    },
    carrier: twilioCarrier(authToken),
    logger,
    clock,
  });
  const call = (headers: Record<string, string> = { host: "example.com" }, streamSid = "MZ1") => {
    const socket = new MemorySocket();
    const twilio = new SimulatedTwilio({ clock, send: (text) => socket.receive(text), streamSid });
    socket.onText = (text) => twilio.receive(text);
    calls.accept(socket, { headers: new Headers(headers), pathAndQuery: "/telephone/handler" });
    return { socket, twilio };
  };
  /** Moves time in steps of a packet, with everything that waits for promises done between them. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 20) {
      clock.advance(20);
      await turns();
    }
  };
  const transport = (): TelephoneTransport => {
    const [first] = transports;
    if (first instanceof TelephoneTransport) return first;
    throw new Error("No call has been answered.");
  };
  return { ...sessions, calls, call, pass, transport };
}

const sine = (frequency: number) => (sample: number) => 8000 * Math.sin((2 * Math.PI * frequency * sample) / 8000);

/** Says a tone of `seconds` as fast as it is let, then waits for the end. */
const talkingHandler =
  (seconds: number, andThen: () => Promise<void> = () => new Promise(() => {})) =>
  (): PeerHandler => ({
    async *audio() {
      for (let piece = 0; piece < seconds * 10; piece += 1) {
        const samples = Int16Array.from({ length: 800 }, (_, index) => sine(440)(piece * 800 + index));
        yield new AudioFrame({ samples, sampleRate: 8000 });
      }
      await andThen();
    },
  });

/** Speaks without end, until the caller presses a key. */
class Menu extends StreamHandler {
  #isInterrupted = false;
  receive(): void {}
  emit(): [number, Int16Array] | null {
    return this.#isInterrupted ? null : [8000, Int16Array.from({ length: 800 }, (_, index) => sine(440)(index))];
  }
  override onDtmf(): void {
    this.#isInterrupted = true;
    this.clearQueue();
  }
  copy(): Menu {
    return new Menu();
  }
}

/** How often a sound changes its sign, in whole waves per second. */
function frequencyOf(pieces: readonly { readonly samples: Int16Array }[]): number {
  const samples = pieces.flatMap((piece) => [...piece.samples]);
  const crossings = samples.filter((sample, index) => sample >= 0 && (samples[index - 1] ?? 0) < 0).length;
  return (crossings * 8000) / samples.length;
}

describe("a telephone call", () => {
  test("is a session by its streamSid, in phone mode, that sends back what it hears", async () => {
    const { call, pass, registry } = setUp();
    const { twilio } = call();
    twilio.start();
    expect(registry.get("MZ1")?.phoneMode).toBe(true);
    twilio.speak(sine(440));
    await pass(1000);
    expect(twilio.violations).toEqual([]);
    expect(twilio.heardMs).toBeGreaterThan(900);
    expect(frequencyOf(twilio.heard)).toBeCloseTo(440, -1);
  });

  test("hands the handler what the caller says, with its time", async () => {
    const { heard, make } = listeningHandler();
    const { call, pass } = setUp({ handler: make });
    const { twilio } = call();
    twilio.start();
    twilio.speak(sine(300));
    await pass(200);
    expect(heard).toHaveLength(10);
    expect(heard[1]).toMatchObject({ sampleRate: 8000, channels: 1, timestampUs: 40_000 });
  });

  test("never has more than 200 ms in hand at Twilio", async () => {
    const { call, pass } = setUp({ handler: talkingHandler(10) });
    const { twilio } = call();
    twilio.start();
    let mostMs = 0;
    for (let step = 0; step < 200; step += 1) {
      await pass(20);
      mostMs = Math.max(mostMs, twilio.bufferedMs);
    }
    expect(mostMs).toBeGreaterThanOrEqual(160);
    expect(mostMs).toBeLessThanOrEqual(220);
    expect(twilio.heardMs).toBeGreaterThan(3900);
  });

  test("falls silent at once when the reply is dropped, and speaks again afterwards", async () => {
    const { call, pass, sessions } = setUp({ handler: talkingHandler(5) });
    const { twilio } = call();
    twilio.start();
    await pass(1000);
    sessions[0]?.clearQueue();
    const heardBefore = twilio.heard.length;
    expect(twilio.clearCount).toBe(1);
    expect(twilio.bufferedMs).toBe(0);
    await pass(1000);
    expect(twilio.heard.length).toBeGreaterThan(heardBefore); // What the handler says after the interruption.
    expect(twilio.violations).toEqual([]);
  });

  test("knows what the caller has heard", async () => {
    const { call, pass, transport, sessions } = setUp({ handler: talkingHandler(1) });
    const { twilio } = call();
    twilio.start();
    await pass(600);
    expect(Math.abs(transport().playedMs - 600)).toBeLessThanOrEqual(40);
    expect(transport().unheardMs).toBeGreaterThan(100);
    sessions[0]?.clearQueue();
    const playedMs = transport().playedMs;
    await pass(1000);
    expect(transport().playedMs).toBeGreaterThanOrEqual(playedMs);
    expect(Math.abs(transport().playedMs - twilio.heardMs)).toBeLessThanOrEqual(40);
    expect(transport().unheardMs).toBe(0);
  });

  test("passes on the keys that the caller presses, in their order, and what fails there is reported", async () => {
    const pressed: string[] = [];
    const handler = (): PeerHandler => ({
      ...echoHandler(),
      key: (digit) => {
        if (digit === "#") throw new Error("no such line");
        pressed.push(`${digit} of ${getCurrentContext().webrtcId}`);
      },
    });
    const { call, pass, logger, sessions } = setUp({ handler });
    const { twilio } = call();
    twilio.start();
    for (const digit of "1#*") twilio.press(digit);
    await pass(20);
    expect(pressed).toEqual(["1 of MZ1", "* of MZ1"]);
    expect(logger.lines.filter(({ level }) => level === "error")).toMatchObject([
      { details: [expect.objectContaining({ message: "no such line" })] },
    ]);
    await sessions[0]?.end("peer-left");
    twilio.press("2");
    expect(pressed).toHaveLength(2);
  });

  test("lets a key cut a StreamHandler's reply short, at the telephone company as well", async () => {
    const factory = createHandlerFactory({ handler: new Menu(), modality: "audio", mode: "send-receive" });
    const { call, pass } = setUp({ handler: () => factory.create() });
    const { twilio } = call();
    twilio.start();
    await pass(500);
    expect(twilio.bufferedMs).toBeGreaterThan(100);
    twilio.press("*");
    await pass(20);
    const { heardMs } = twilio;
    expect([twilio.clearCount, twilio.bufferedMs]).toEqual([1, 0]);
    await pass(1000);
    expect(twilio.heardMs).toBe(heardMs);
    expect(twilio.violations).toEqual([]);
  });

  test("ends when the caller hangs up, and leaves nothing behind", async () => {
    const { call, pass, ended, registry, clock } = setUp({ handler: talkingHandler(5) });
    const { twilio, socket } = call();
    twilio.start();
    await pass(500);
    twilio.stop();
    await pass(500);
    expect(ended).toEqual(["peer-left"]);
    expect(socket.closedWith?.code).toBe(1000);
    expect(registry.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test("ends within 8 seconds when the line is dead", async () => {
    const { call, clock, ended } = setUp();
    call().twilio.start();
    clock.advance(8000);
    expect(ended).toEqual(["peer-silent"]);
  });

  test("lets the caller hear the last words before it hangs up", async () => {
    const { call, pass, ended } = setUp({ handler: talkingHandler(1, async () => {}) });
    const { twilio, socket } = call();
    twilio.start();
    await pass(2000);
    expect(ended).toEqual(["handler-ended"]);
    expect(twilio.heardMs).toBe(1000);
    expect(socket.closedWith?.code).toBe(1000);
  });

  test("hangs up all the same when the last mark does not come back", async () => {
    const { call, pass, ended } = setUp({ handler: talkingHandler(1, async () => {}) });
    const { twilio, socket } = call();
    twilio.start();
    await pass(900);
    socket.onText = () => {};
    await pass(2000);
    expect(ended).toEqual(["handler-ended"]);
    expect(socket.closedWith?.code).toBe(1000);
  });

  test("counts toward the limit, keeps to the time limit, and is let go of when all lines are busy", async () => {
    const { call, pass, registry, ended } = setUp({ limit: 1, timeLimit: 2 });
    const first = call();
    first.twilio.start();
    first.twilio.speak(sine(440));
    const second = call({ host: "example.com" }, "MZ2");
    second.twilio.start();
    expect(second.socket.closedWith?.code).toBe(1000);
    expect(second.socket.texts).toEqual([]);
    expect(registry.size).toBe(1);
    await pass(2000);
    expect(ended).toEqual(["time-limit"]);
    first.twilio.stop();
  });

  test.each([
    ["sound before start", { event: "media", media: { payload: "" } }],
    ["no JSON", "hello"],
    ["a start without streamSid", { event: "start", start: {} }],
    ["bytes", Uint8Array.of(1)],
  ])("is turned down for %s", (_name, message) => {
    const { call, registry, logger } = setUp();
    const { socket } = call();
    socket.receive(message);
    expect(socket.closedWith?.code).toBe(1008);
    expect(registry.size).toBe(0);
    expect(logger.at("warn")).toHaveLength(1);
  });

  test("has 10 seconds to say start", () => {
    const { call, clock } = setUp();
    const { socket } = call();
    for (let second = 0; second < 10; second += 1) {
      clock.advance(1000);
      socket.pong();
    }
    expect(socket.closedWith?.code).toBe(1008);
    expect(clock.pendingTimers).toBe(0);
  });

  test("survives messages that are none", async () => {
    const { call, pass, registry, logger } = setUp();
    const { twilio, socket } = call();
    twilio.start();
    for (const message of ["no JSON", { event: "media", media: {} }, { event: "mark" }, Uint8Array.of(1), twilio]) {
      socket.receive(message);
    }
    socket.receive({ event: "mark", mark: { name: "nobody's" } });
    twilio.speak(sine(440));
    await pass(500);
    expect(registry.size).toBe(1);
    expect(logger.at("warn")).toHaveLength(1);
    expect(twilio.heardMs).toBeGreaterThan(400);
    twilio.stop();
  });
});

describe("an incoming call", () => {
  const request = (headers: Record<string, string>, pathAndQuery = "/rtc/telephone/incoming") => ({
    headers: new Headers(headers),
    pathAndQuery,
  });
  const sign = (text: string): string => createHmac("sha1", AUTH_TOKEN).update(text).digest("base64");

  test("is connected to the WebSocket below the same prefix, on the host that was called", async () => {
    const { calls } = setUp();
    const answer = await calls.incoming(request({ host: "example.com:8443" }), NO_FORM);
    expect(answer).toMatchObject({ status: 200, contentType: "application/xml" });
    expect(answer.body).toContain('<Stream url="wss://example.com:8443/rtc/telephone/handler">');
  });

  test("behind a proxy is connected to the host that the proxy was called by", async () => {
    const { calls } = setUp();
    const answer = await calls.incoming(
      request({ host: "10.0.0.7:3000", "x-forwarded-host": "voice.example.com, inner.example.com" }),
      NO_FORM,
    );
    expect(answer.body).toContain('url="wss://voice.example.com/rtc/telephone/handler"');
  });

  test("hears that all lines are busy, and is hung up", async () => {
    const { calls, call } = setUp({ limit: 1 });
    call().twilio.start();
    const answer = await calls.incoming(request({ host: "example.com" }), NO_FORM);
    expect(answer.body).toMatch(/<Say>All lines are busy.*<\/Say><Hangup \/><\/Response>$/);
  });

  test("with a host that is none is refused", async () => {
    const { calls } = setUp();
    expect(await calls.incoming(request({ host: 'a"b' }), NO_FORM)).toMatchObject({ status: 400 });
    expect(await calls.incoming(request({}), NO_FORM)).toMatchObject({ status: 400 });
  });

  test.each([
    ["as Twilio calls it", { host: "example.com" }, "https://example.com/rtc/telephone/incoming?line=2"],
    [
      "behind a proxy that ends TLS",
      { host: "10.0.0.7:3000", "x-forwarded-host": "example.com", "x-forwarded-proto": "https" },
      "https://example.com/rtc/telephone/incoming?line=2",
    ],
    ["without TLS", { host: "example.com:8080" }, "http://example.com:8080/rtc/telephone/incoming?line=2"],
  ])("is checked %s", async (_name, headers, url) => {
    const { calls } = setUp({ authToken: AUTH_TOKEN });
    const form: [string, string][] = [
      ["From", "+15551234567"],
      ["CallSid", "CA1"],
    ];
    const signature = sign(`${url}CallSidCA1From+15551234567`);
    const path = "/rtc/telephone/incoming?line=2";
    const signed = request({ ...headers, "x-twilio-signature": signature }, path);
    expect(await calls.incoming(signed, { body: "", form })).toMatchObject({ status: 200 });
    expect(await calls.incoming(signed, { body: "", form: [...form, ["Digits", "1"]] })).toMatchObject({ status: 403 });
    expect(await calls.incoming(request(headers, path), { body: "", form })).toMatchObject({ status: 403 });
  });

  test("has its WebSocket checked as well", async () => {
    const { call, registry } = setUp({ authToken: AUTH_TOKEN });
    const forged = call({ host: "example.com", "x-twilio-signature": "AAAA" });
    forged.twilio.start();
    await turns();
    expect(forged.socket.closedWith?.code).toBe(1008);
    expect(registry.size).toBe(0);
    const signature = sign("wss://example.com/telephone/handler");
    call({ host: "example.com", "x-twilio-signature": signature }).twilio.start();
    await turns();
    expect(registry.size).toBe(1);
  });
});
