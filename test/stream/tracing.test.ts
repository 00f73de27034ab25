import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Stream, StreamHandler } from "../../src/index.ts";
import type { HandlerSession } from "../../src/session/peer-handler.ts";
import { connectPeer } from "../../src/testing/index.ts";
import { Reply } from "../../src/turns/reply.ts";
import { SessionTrace } from "../../src/session/session-trace.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
});

/** The spans that have ended, each with its parent's name and what it tells. */
function spans() {
  const ended = exporter.getFinishedSpans();
  return ended.map((span) => ({
    name: span.name,
    in: ended.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)?.name,
    ...span.attributes,
    ...(span.status.message !== undefined && { failed: span.status.message }),
  }));
}

class Asking extends StreamHandler {
  #asked = false;
  receive(): void {}
  async emit(): Promise<null> {
    if (this.#asked) return null;
    this.#asked = true;
    await trace.getTracer("application").startActiveSpan("ask a model", async (span) => {
      await Promise.resolve();
      span.end();
    });
    throw new Error("no answer");
  }
  copy(): Asking {
    return new Asking();
  }
}

test("a session, its connection and its handler are spans, and what the handler traces lies within the handler's", async () => {
  const stream = new Stream({ modality: "audio", handler: new Asking(), logger: new RecordingLogger() });
  const peer = await connectPeer(stream, { webrtcId: "ada-1" });
  await peer.advance(100);
  await peer.leave();
  expect(spans()).toEqual([
    { name: "fastrtc.connect", in: "fastrtc.session" },
    { name: "ask a model", in: "fastrtc.handler" },
    { name: "fastrtc.handler", in: "fastrtc.session", failed: "no answer" },
    {
      name: "fastrtc.session",
      in: undefined,
      "fastrtc.session.id": "ada-1",
      "fastrtc.transport": "loopback",
      "fastrtc.end_reason": "peer-left",
    },
  ]);
});

test("where nobody has registered an SDK sessions have no trace, and cost nothing", () => {
  trace.disable();
  expect(SessionTrace.begin("ada-1", "webrtc")).toBeUndefined();
  trace.setGlobalTracerProvider(provider);
  expect(SessionTrace.begin("ada-1", "webrtc")).toBeInstanceOf(SessionTrace);
});

test("an offer is a span that tells what became of it; candidates are none", async () => {
  const stream = new Stream({ modality: "audio", handler: new Asking(), logger: new RecordingLogger() });
  await stream.offer({ type: "offer", sdp: "v=0", webrtc_id: "ada-1" });
  await stream.offer({ type: "ice-candidate", candidate: {}, webrtc_id: "ada-1" });
  expect(spans()).toEqual([
    { name: "fastrtc.offer", in: undefined, "fastrtc.session.id": "ada-1", "fastrtc.outcome": "invalid_sdp" },
  ]);
});

test("a session that never connects says why at its connection", () => {
  const session = SessionTrace.begin("ada-1", "webrtc");
  session?.ended("connect-timeout");
  expect(spans()).toMatchObject([
    { name: "fastrtc.connect", in: "fastrtc.session", failed: "connect-timeout" },
    { name: "fastrtc.session", "fastrtc.end_reason": "connect-timeout" },
  ]);
});

test("a turn is a span from its end to that of the reply, and tells that it was cancelled", async () => {
  const session = SessionTrace.begin("ada-1", "webrtc");
  session?.connected();
  const parts = {
    trace: session,
    signal: new AbortController().signal,
    playback: { heardMs: 0, writtenMs: 0, unheardMs: 0, drop: () => {} },
  } as unknown as HandlerSession;
  const whole = new Reply({
    session: parts,
    begin: () => trace.getTracer("application").startActiveSpan("ask a model", (span) => span.end()),
  });
  await whole.next();
  new Reply({ session: parts, begin: () => null }).cancel("replaced");
  session?.ended("peer-left");
  expect(spans().slice(1, 4)).toEqual([
    { name: "ask a model", in: "fastrtc.turn" },
    { name: "fastrtc.turn", in: "fastrtc.handler" },
    {
      name: "fastrtc.turn",
      in: "fastrtc.handler",
      "fastrtc.turn.cancelled": "replaced",
      "fastrtc.turn.played_ms": 0,
    },
  ]);
});
