import { createHmac } from "node:crypto";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { systemClock } from "../../src/async/clock.ts";
import { StreamHandler } from "../../src/handlers/stream-handler.ts";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { encodeMuLaw } from "../../src/media/g711.ts";
import type { CarrierOptions } from "../../src/session/carrier-options.ts";
import { Stream } from "../../src/stream.ts";
import { vonageDialect } from "../support/phone-dialects.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { SimulatedPhone } from "../support/simulated-phone.ts";
import { SimulatedTwilio } from "../support/simulated-twilio.ts";

class Echo extends StreamHandler {
  readonly #frames: AudioFrame[] = [];

  constructor() {
    super({ inputSampleRate: 8000, outputSampleRate: 8000 });
  }

  receive(frame: AudioFrame): void {
    this.#frames.push(frame);
  }

  emit(): AudioFrame | null {
    return this.#frames.shift() ?? null;
  }

  copy(): Echo {
    return new Echo();
  }
}

const AUTH_TOKEN = "secret";
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function audioStream(options: { twilioAuthToken?: string; carriers?: CarrierOptions } = {}) {
  const stream = new Stream({
    handler: new Echo(),
    modality: "audio",
    concurrencyLimit: 2,
    logger: new RecordingLogger(),
    ...options,
  });
  closing.push(() => stream.close());
  return stream;
}

async function listen(server: Server): Promise<string> {
  closing.unshift(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends a packet of sound and gives the first that comes back. */
async function echoOver(url: string): Promise<unknown> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.send(JSON.stringify({ event: "start", websocket_id: url }));
  const payload = Buffer.from(encodeMuLaw(new Int16Array(320).fill(4000))).toString("base64");
  socket.send(JSON.stringify({ event: "media", media: { payload } }));
  const echo = await new Promise((resolve) =>
    socket.once("message", (data: Buffer) => resolve(JSON.parse(data.toString()))),
  );
  socket.terminate();
  return echo;
}

const HALF = Buffer.from(encodeMuLaw(new Int16Array(160).fill(4000))).toString("base64");
const ECHO = { event: "media", media: { payload: HALF } };

describe("a Stream with audio", () => {
  test("takes WebSockets where it is mounted", async () => {
    const server = createServer();
    audioStream().mount(server, { path: "/rtc" });
    const host = await listen(server);
    expect(await echoOver(`ws://${host}/rtc/websocket/offer`)).toEqual(ECHO);
  });

  test("takes WebSockets on its own server", async () => {
    const launched = await audioStream().ui.launch({ port: 0, handleSignals: false, printUrl: false });
    closing.unshift(() => launched.close());
    expect(await echoOver(`ws://127.0.0.1:${launched.port}/websocket/offer`)).toEqual(ECHO);
    await expect(echoOver(`ws://127.0.0.1:${launched.port}/elsewhere`)).rejects.toThrow("404");
  });

  test("takes WebSockets of a route of one's own", async () => {
    const stream = audioStream();
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket, request) => stream.websocketOffer(socket, request));
    const host = await listen(server);
    expect(await echoOver(`ws://${host}/my/own`)).toEqual(ECHO);
  });

  test("is called by telephone: the webhook, then the WebSocket that it names", async () => {
    const server = createServer();
    audioStream({ twilioAuthToken: AUTH_TOKEN }).mount(server, { path: "/rtc" });
    const host = await listen(server);
    const sign = (text: string): string => createHmac("sha1", AUTH_TOKEN).update(text).digest("base64");
    const call = (signature: string): Promise<Response> =>
      fetch(`http://${host}/rtc/telephone/incoming`, {
        method: "POST",
        body: new URLSearchParams({ CallSid: "CA1" }),
        headers: { "x-twilio-signature": signature },
      });
    expect((await call("forged")).status).toBe(403);
    const answer = await call(sign(`https://${host}/rtc/telephone/incomingCallSidCA1`));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/xml"]);
    expect(await answer.text()).toContain(`<Stream url="wss://${host}/rtc/telephone/handler">`);

    const socket = new WebSocket(`ws://${host}/rtc/telephone/handler`, {
      headers: { "x-twilio-signature": sign(`wss://${host}/rtc/telephone/handler`) },
    });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const twilio = new SimulatedTwilio({ clock: systemClock, send: (text) => socket.send(text) });
    socket.on("message", (data: Buffer) => twilio.receive(data.toString()));
    twilio.start();
    // Sound goes on while the signature is being checked; what comes before that is known is not heard.
    twilio.speak(() => 4000);
    await expect.poll(() => twilio.heard.length).toBeGreaterThan(0);
    twilio.silence();
    expect(twilio.violations).toEqual([]);
    socket.terminate();
  });

  test("is called by the companies that it names, and by no other", async () => {
    const server = createServer((_request, response) => response.writeHead(404).end("own"));
    audioStream({ carriers: { vonage: { signatureSecret: null } } }).mount(server, { path: "/rtc" });
    const host = await listen(server);
    const asked = await fetch(`http://${host}/rtc/telephone/vonage/incoming?from=15551234567`);
    expect([asked.status, asked.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await asked.text()).toContain(`"uri":"wss://${host}/rtc/telephone/vonage/handler"`);
    const other = await fetch(`http://${host}/rtc/telephone/plivo/incoming`, { method: "POST" });
    expect([other.status, await other.text()]).toEqual([404, "own"]);

    const socket = new WebSocket(`ws://${host}/rtc/telephone/vonage/handler`);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const phone = new SimulatedPhone({
      clock: systemClock,
      dialect: vonageDialect(),
      send: (said) => socket.send(said),
    });
    const heard = new Promise<void>((resolve) =>
      socket.on("message", (data: Buffer, isBinary) => {
        phone.receive(isBinary ? new Uint8Array(data) : data.toString());
        if (phone.heard.length > 0) resolve();
      }),
    );
    phone.start();
    phone.speak(() => 4000);
    await heard;
    phone.silence();
    expect(phone.violations).toEqual([]);
    socket.terminate();
  });

  test("answers the webhook in a route of one's own", async () => {
    const request = new Request("http://example.com/calls/telephone/incoming", {
      method: "POST",
      headers: { host: "example.com" },
    });
    const answer = await audioStream().handleIncomingCall(request);
    expect(await answer.text()).toContain('url="wss://example.com/calls/telephone/handler"');
  });
});

test("a Stream of video says that it has no audio", async () => {
  const stream = new Stream({ handler: (frame) => frame, modality: "video", logger: new RecordingLogger() });
  const server = createServer();
  stream.mount(server);
  const host = await listen(server);
  await expect(echoOver(`ws://${host}/websocket/offer`)).rejects.toThrow("404");
  const call = await fetch(`http://${host}/telephone/incoming`, { method: "POST" });
  expect([call.status, await call.text()]).toEqual([404, expect.stringContaining("no audio")]);
  await expect(stream.handleIncomingCall(new Request("http://a/"))).rejects.toThrow("no audio");
});
