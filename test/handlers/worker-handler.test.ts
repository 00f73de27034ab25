import { expect, test } from "vitest";
import { BoundedQueue } from "../../src/async/bounded-queue.ts";
import { systemClock } from "../../src/async/clock.ts";
import { WorkerHandler } from "../../src/handlers/worker-handler.ts";
import { VideoFrame } from "../../src/media/video-frame.ts";
import type { ServerMessage } from "../../src/protocol/server-message.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { CloseStream } from "../../src/session/close-stream.ts";
import type { Identity } from "../../src/session/identity.ts";
import type { Mode } from "../../src/session/modality.ts";
import type { Emission, HandlerSession } from "../../src/session/peer-handler.ts";
import { Playback } from "../../src/session/playback.ts";
import { SessionInputs } from "../../src/session/session-inputs.ts";

interface Run extends AsyncDisposable {
  readonly errors: Error[];
  readonly messages: ServerMessage[];
  readonly inputs: SessionInputs;
  send(frame: VideoFrame): void;
  next(): Promise<Emission<VideoFrame> | "ended">;
  abort(): void;
}

function run(
  name: string,
  { inputs = [], mode = "send-receive", identity }: { inputs?: unknown[]; mode?: Mode; identity?: Identity } = {},
): Run {
  const abort = new AbortController();
  const frames = new BoundedQueue<VideoFrame>({ capacity: 1, overflow: "drop-oldest" });
  const errors: Error[] = [];
  const messages: ServerMessage[] = [];
  const headers = new Headers({ "user-agent": "a test" });
  const session: HandlerSession = {
    id: "peer",
    context: { webrtcId: "peer", transport: "loopback", headers, identity, signal: abort.signal },
    phoneMode: false,
    inputs: new SessionInputs(inputs),
    clock: systemClock,
    signal: abort.signal,
    reportError: (error) => void errors.push(error),
    sendMessage: (message) => void messages.push(message),
    playback: new Playback(systemClock),
    clearQueue: () => undefined,
  };
  const handler = new WorkerHandler(new URL(`./worker-modules/${name}.ts`, import.meta.url)).createPeerHandler(mode);
  const emissions = handler.video?.(frames, session)[Symbol.asyncIterator]();
  const end = (): void => {
    abort.abort("client-closed");
    frames.end();
  };
  return {
    errors,
    messages,
    inputs: session.inputs,
    send: (frame) => frames.push(frame),
    abort: end,
    next: async () => {
      const result = await emissions?.next();
      return !result || result.done ? "ended" : result.value;
    },
    [Symbol.asyncDispose]: async () => {
      end();
      await emissions?.return?.();
    },
  };
}

/** Red above blue. */
function picture(timestampUs?: number, width = 64): VideoFrame {
  const pixels = new Uint8Array(width * 48 * 3);
  for (let at = 0; at < pixels.length; at += 3) pixels[at < pixels.length / 2 ? at : at + 2] = 255;
  return VideoFrame.from(pixels, { format: "rgb24", width, height: 48, timestampUs });
}

const bytesOf = (emission: Emission<VideoFrame> | "ended"): Uint8Array | undefined =>
  emission instanceof VideoFrame ? emission.to("i420") : undefined;

test("a picture comes back from another thread as the handler made it, one after the other, of any size", async () => {
  await using peer = run("flip");
  for (const [index, width] of [64, 64, 32, 64].entries()) {
    peer.send(picture(index * 1000, width));
    const emission = await peer.next();
    expect(bytesOf(emission)).toEqual(picture(0, width).flip("vertical").to("i420"));
    expect(emission instanceof VideoFrame && emission.timestampUs).toBe(index * 1000);
  }
  expect(peer.errors).toEqual([]);
});

test("the handler knows its session, its inputs as they are now, and can warn", async () => {
  await using peer = run("asked", { inputs: [0.5] });
  peer.send(picture());
  expect(await peer.next()).toEqual(new AdditionalOutputs("peer", "loopback", "a test", true, 0.5));
  expect(await peer.next()).toBeInstanceOf(VideoFrame);
  peer.inputs.set(["new"]);
  peer.send(picture());
  expect(await peer.next()).toEqual(new AdditionalOutputs("peer", "loopback", "a test", true, "new"));
  expect(peer.messages[0]).toEqual({ type: "warning", data: "picture of 64x48" });
});

test.each([
  ["as a copy", { id: "ada", plan: "large" }, { id: "ada", plan: "large" }],
  ["by its id alone where it holds what no thread can be sent", { id: "ada", may: () => true }, { id: "ada" }],
  ["not at all where nobody was asked", undefined, undefined],
])("the handler knows whose session it is in: %s", async (_how, identity, known) => {
  await using peer = run("whose", { ...(identity && { identity }) });
  peer.send(picture());
  expect(await peer.next()).toEqual(new AdditionalOutputs(known));
});

test("what a call throws is reported with its stack over there, and the next picture goes on", async () => {
  await using peer = run("troubled", { inputs: ["throw"] });
  peer.send(picture());
  const next = peer.next();
  await expect.poll(() => peer.errors).toHaveLength(1);
  peer.inputs.set(["nothing"]);
  peer.send(picture());
  expect(await next).toBeInstanceOf(VideoFrame);
  expect(peer.errors[0]).toMatchObject({ name: "FastRtcError", message: "troubled on purpose" });
  expect(peer.errors[0]?.stack).toContain("troubled.ts");
});

test("values that cannot go to another thread are reported", async () => {
  await using peer = run("troubled", { inputs: ["give a function"] });
  peer.send(picture());
  void peer.next();
  await expect.poll(() => peer.errors[0]?.message).toContain("could not be cloned");
});

test.each([
  ["die", "died on purpose"],
  ["exit", "ended by itself, with code 7"],
])("a worker that does %s is reported and started again", async (what, said) => {
  await using peer = run("troubled", { inputs: [what] });
  peer.send(picture());
  const next = peer.next();
  await expect.poll(() => peer.errors, { timeout: 10_000 }).toHaveLength(1);
  expect(peer.errors[0]?.message).toContain(said);
  peer.inputs.set(["nothing"]);
  peer.send(picture());
  expect(await next).toBeInstanceOf(VideoFrame);
});

test("a handler may end the stream, and a generator makes pictures of its own until it ends", async () => {
  await using closing = run("troubled", { inputs: ["close"] });
  closing.send(picture());
  expect(await closing.next()).toEqual(new CloseStream("enough"));
  await using counting = run("counted", { mode: "receive" });
  for (const grey of [60, 120, 180]) {
    const luma = bytesOf(await counting.next())?.[0] ?? 0;
    expect(Math.abs(((luma - 16) * 255) / 219 - grey)).toBeLessThan(3);
  }
  expect(await counting.next()).toBe("ended");
});

test("every picture is taken with skipFrames false, and of more than 30 that wait the oldest are dropped", async () => {
  await using peer = run("every-frame");
  const told = async (): Promise<unknown> => ((await peer.next()) as AdditionalOutputs).args[0];
  peer.send(picture(0));
  expect(await told()).toBe(0); // It is loaded: before that only the newest picture waits.
  peer.send(picture(1));
  const taken = [await told()];
  for (let index = 2; index <= 40; index += 1) {
    peer.send(picture(index));
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (taken.at(-1) !== 40) taken.push(await told());
  expect(taken[0]).toBe(1);
  expect(taken.slice(-30)).toEqual(Array.from({ length: 30 }, (_, index) => index + 11));
  expect(taken).toEqual(taken.toSorted((one, other) => Number(one) - Number(other)));
});

test("when the session ends its signal aborts over there and its generator is closed, once", async () => {
  const memory = new SharedArrayBuffer(8);
  await using peer = run("tidy", { inputs: [memory], mode: "receive" });
  expect(await peer.next()).toEqual(new AdditionalOutputs("begun"));
  peer.abort();
  for (let next = await peer.next(); next !== "ended"; next = await peer.next());
  await expect.poll(() => [...new Int32Array(memory)]).toEqual([1, 1]);
  expect(peer.errors).toEqual([]);
});

test("a session ends at once, although its worker is blocked for good", async () => {
  await using peer = run("troubled", { inputs: ["block"] });
  peer.send(picture());
  const next = peer.next();
  await new Promise((resolve) => setImmediate(resolve));
  peer.abort();
  expect(await next).toBe("ended");
});

test.each([
  ["no-handler", "default export"],
  ["missing", "Cannot find module"],
])("the module %s ends the stream with a sentence", async (name, said) => {
  await using peer = run(name);
  await expect(peer.next()).rejects.toThrow(said);
});

test("takes nothing but the URL of a file", () => {
  expect(() => new WorkerHandler("./handler.ts")).toThrow("import.meta.url");
  expect(() => new WorkerHandler("https://example.com/handler.js")).toThrow("import.meta.url");
});
