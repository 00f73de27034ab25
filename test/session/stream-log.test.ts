import fastify from "fastify";
import { expect, test } from "vitest";
import { Stream } from "../../src/index.ts";
import { SignedIds } from "../../src/session/signed-ids.ts";
import { StreamLog } from "../../src/session/stream-log.ts";
import { connectPeer } from "../../src/testing/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

/** A real logger of pino's, as Fastify makes it, and the lines that it wrote. */
function pino() {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const { log } = fastify({ logger: { level: "debug", stream } });
  return { log, lines };
}

test("pino gets objects: what is said as its message, the session's id and transport, an error with its stack", async () => {
  const { log, lines } = pino();
  const stream = new Stream({
    modality: "video",
    handler: () => {
      throw new Error("no picture today");
    },
    logger: log,
  });
  const peer = await connectPeer(stream, { webrtcId: "ada-1" });
  await peer.leave();
  const said = lines.map(({ level, msg, sessionId, transport }) => ({ level, msg, sessionId, transport }));
  const common = { sessionId: "ada-1", transport: "loopback" };
  expect(said).toEqual([
    { level: 30, msg: "session ada-1 connected", ...common },
    { level: 30, msg: "session ada-1 ended: peer-left", ...common },
  ]);
  StreamLog.to(log, { verbose: false }).with(common).error("the handler failed:", new Error("no picture today"));
  expect(lines.at(-1)).toMatchObject({
    level: 50,
    msg: "the handler failed",
    ...common,
    err: { type: "Error", message: "no picture today", stack: expect.stringContaining("stream-log.test.ts") },
  });
});

test("a logger that says of itself that it is structured gets objects, one of the console's shape gets texts", () => {
  const got: unknown[] = [];
  const structured = {
    structured: true as const,
    ...Object.fromEntries(
      ["debug", "info", "warn", "error"].map((level) => [level, (...given: unknown[]) => got.push([level, ...given])]),
    ),
  };
  StreamLog.to(structured as never, { verbose: false }).warn("it is late:", 7);
  expect(got).toEqual([["warn", { details: [7] }, "it is late"]]);
  const plain = new RecordingLogger();
  StreamLog.to(plain, { verbose: false }).with({ sessionId: "a" }).warn("it is late:", 7);
  expect(plain.lines).toEqual([{ level: "warn", message: "it is late:", details: [7] }]);
});

test("signed ids are written without their signature, wherever they stand in a line", async () => {
  const logger = new RecordingLogger();
  const id = new SignedIds().issue("ada");
  const stream = new Stream({ modality: "video", handler: (frame) => frame, logger });
  await using peer = await connectPeer(stream, { webrtcId: id });
  await peer.leave();
  const [known = "", time, nonce, signature = ""] = id.split(".");
  expect(logger.lines.map(({ message }) => message)).toEqual([
    `session ${known}.${time}.${nonce} connected`,
    `session ${known}.${time}.${nonce} ended: peer-left`,
  ]);
  expect(JSON.stringify(logger.lines)).not.toContain(signature);
});
