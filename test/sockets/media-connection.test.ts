import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { MediaConnection } from "../../src/sockets/media-connection.ts";

/** The client's end is the test: what was written, and when the kernel took it. */
class TestConnection extends Duplex {
  readonly written: string[] = [];
  readonly #callbacks: (() => void)[] = [];
  isBlocked = false;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.written.push(chunk.toString());
    if (this.isBlocked) this.#callbacks.push(callback);
    else callback();
  }

  unblock(): void {
    this.isBlocked = false;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}

/** A text frame with a mask of zeros. */
const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | value.length, 0, 0, 0, 0]), Buffer.from(value)]);
const PING = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);

function setUp({ head = Buffer.alloc(0) } = {}) {
  const connection = new TestConnection();
  const media = new MediaConnection(connection);
  const events: string[] = [];
  media.on("data", (bytes: Buffer) => events.push(`for ws: ${bytes.toString("hex")}`));
  let onText: (value: string) => void = () => {};
  const listener = {
    text: (utf8: Buffer) => {
      events.push(utf8.toString());
      onText(utf8.toString());
    },
    binary: () => events.push("binary"),
    settled: () => events.push("settled"),
  };
  media.listen(listener, head);
  return { connection, media, events, onText: (callback: typeof onText) => (onText = callback) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what comes behind the request and what comes later is told in its order, to the listener and to ws", () => {
  const { connection, events } = setUp({ head: Buffer.concat([text("head"), PING, text("after")]) });
  connection.push(Buffer.concat([text("a"), text("b")]));
  connection.push(PING);
  expect(events.slice(0, 4)).toEqual(["head", `for ws: ${PING.toString("hex")}`, "after", "settled"]);
});

test("frames that are written while a chunk is being read leave in one write, in front of what ws writes then", async () => {
  const { connection, media, onText } = setUp();
  onText((value) => {
    if (value === "close") media.write("[close]");
    else media.writeFrames(Buffer.from(`[${value}]`));
  });
  connection.push(Buffer.concat([text("one"), text("two"), text("three")]));
  await turn();
  connection.push(Buffer.concat([text("four"), text("close")]));
  await turn();
  media.writeFrames(Buffer.from("[alone]"));
  expect(connection.written).toEqual(["[one][two][three]", "[four]", "[close]", "[alone]"]);
});

test("bytes that wait are counted once, and frames are not written past those of ws", async () => {
  const { connection, media } = setUp();
  connection.isBlocked = true;
  media.write("12345");
  media.write("678");
  expect(media.waitingBytes).toBe(8);
  expect(media.writeFrames(Buffer.from("late"))).toBe(false);
  connection.unblock();
  await turn();
  expect(media.waitingBytes).toBe(0);
  expect(media.writeFrames(Buffer.from("now"))).toBe(true);
  expect(connection.written).toEqual(["12345", "678", "now"]);
});

test("stops reading when it is held, and when ws takes no more", async () => {
  const { connection, media } = setUp();
  media.hold();
  expect(connection.isPaused()).toBe(true);
  media.pause();
  media.release();
  expect(connection.isPaused()).toBe(false);
  for (let count = 0; count < 20; count += 1)
    connection.push(Buffer.concat([Buffer.from([0x82, 0xfe, 0x27, 0x10]), Buffer.alloc(4 + 10_000)]));
  await turn();
  expect(connection.isPaused()).toBe(true);
  expect(media.readableLength).toBeLessThan(100_000);
  media.resume();
  await turn();
  expect(connection.isPaused()).toBe(false);
});

test("ends and breaks with its connection, and the other way round", async () => {
  const first = setUp();
  const errors: unknown[] = [];
  first.media.on("error", (error) => errors.push(error));
  const failure = new Error("reset");
  first.connection.destroy(failure);
  await turn();
  expect([first.media.destroyed, errors]).toEqual([true, [failure]]);

  const second = setUp();
  second.media.destroy();
  expect(second.connection.destroyed).toBe(true);

  const third = setUp();
  const ended = new Promise((resolve) => third.media.once("end", resolve));
  third.connection.push(null);
  await ended;
  third.media.end();
  await turn();
  expect(third.connection.writableFinished).toBe(true);
});
