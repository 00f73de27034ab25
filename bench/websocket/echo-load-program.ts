import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { EchoCount, EchoReply, EchoRequest } from "./echo-messages.ts";

/**
 * Load of WebSocket audio echo, as a process of its own. Each stream sends 20 ms of mu-law every 20 ms and counts what
 * comes back: a second of loud sound, half a second of almost none, as a speaker does. The frames are written by hand and read
 * into memory that is used again, so that the generator costs less than what it measures.
 */
const PACKET_MS = 20;
const PACKET_BYTES = 160;
/** Streams that connect at the same time. */
const CONNECTING_AT_ONCE = 20;
const CONNECT_TIMEOUT_MS = 15_000;

/** Streams by the millisecond of the 20 in which they send, so that they do not all send at once. */
const phases: EchoStream[][] = Array.from({ length: PACKET_MS }, () => []);
let streams: EchoStream[] = [];
let countedAtMs = 0;
let cpuBefore = process.cpuUsage();
let created = 0;

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const LONG_HEADER_BYTES = 8;

/** A text frame of a client, masked (RFC 6455 §5.2). */
function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text).map((byte, index) => byte ^ maskAt(index));
  const header = Buffer.alloc(payload.length > 125 ? LONG_HEADER_BYTES : LONG_HEADER_BYTES - 2);
  header[0] = 0x81;
  header[1] = 0x80 | Math.min(payload.length, 126);
  if (payload.length > 125) header.writeUInt16BE(payload.length, 2);
  MASK.copy(header, header.length - MASK.length);
  return Buffer.concat([header, payload]);
}

function maskAt(index: number): number {
  return MASK[index % MASK.length] ?? 0;
}

const SPEECH_PACKETS = 50;
const SPEECH_AND_PAUSE_PACKETS = 75;

/** What a packet is made from: the number of a packet is in it, a bit in every fourth character of base64. */
interface Template {
  readonly frame: Buffer;
  /** The characters of the bits; mu-law comes back as it went. */
  readonly zero: number;
  readonly one: number;
}

function template(level: number, zero: string, one: string): Template {
  const payload = Buffer.alloc(PACKET_BYTES, level).toString("base64");
  const frame = clientFrame(JSON.stringify({ event: "media", media: { payload } }));
  return { frame, zero: zero.charCodeAt(0), one: one.charCodeAt(0) };
}

const LOUD = template(0x55, "V", "W");
/** Silence but for the number, at -58 dBFS. */
const QUIET = template(0xff, "/", "+");
const PAYLOAD_AT = '{"event":"media","media":{"payload":"'.length;
const NUMBER_BITS = 16;

/** All sockets are read into the same memory, one after the other. */
const readBuffer = Buffer.allocUnsafe(64 * 1024);

class EchoStream {
  readonly #socket;
  readonly #loud = Buffer.from(LOUD.frame);
  readonly #quiet = Buffer.from(QUIET.frame);
  readonly #sentAtMs: number[] = Array.from({ length: 1024 }, () => 0);
  #isOpen = false;
  #sent = 0;
  #returned = 0;
  #returnedBytes = 0;
  #countedSent = 0;
  #lagsMs: number[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #problem: string | undefined;

  constructor(url: URL, id: string, onOpen: () => void, onFailure: (error: Error) => void) {
    const key = randomBytes(16).toString("base64");
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length, buffer) => {
          this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, length), id, onOpen);
          return true;
        },
      },
    });
    this.#socket.on("connect", () =>
      this.#socket.write(
        `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      ),
    );
    this.#socket.on("error", (error) => {
      this.#problem ??= error.message;
      onFailure(error);
    });
    this.#socket.on("close", () => {
      this.#isOpen = false;
      this.#problem ??= "The server closed the connection.";
      onFailure(new Error(this.#problem));
    });
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  tick(): void {
    if (!this.#isOpen) return;
    const number = this.#sent;
    const isLoud = number % SPEECH_AND_PAUSE_PACKETS < SPEECH_PACKETS;
    const { zero, one } = isLoud ? LOUD : QUIET;
    const frame = isLoud ? this.#loud : this.#quiet;
    for (let bit = 0; bit < NUMBER_BITS; bit += 1) {
      const position = numberPosition(PAYLOAD_AT, bit);
      frame[LONG_HEADER_BYTES + position] = ((number >> bit) & 1 ? one : zero) ^ maskAt(position);
    }
    this.#sentAtMs[number % 1024] = performance.now();
    this.#sent += 1;
    // The kernel copies the bytes at once unless its buffer is full: then the stream has failed anyway.
    this.#socket.write(this.#socket.writableLength === 0 ? frame : Buffer.from(frame));
  }

  takeCount(): EchoCount {
    const count = {
      sent: this.#sent - this.#countedSent,
      returned: this.#returned,
      returnedSeconds: this.#returnedBytes / 8000,
      lagsMs: this.#lagsMs,
    };
    this.#countedSent = this.#sent;
    this.#returned = 0;
    this.#returnedBytes = 0;
    this.#lagsMs = [];
    return count;
  }

  close(): void {
    this.#problem ??= "closed";
    this.#isOpen = false;
    this.#socket.destroy();
  }

  /** @param chunk valid until it returns. */
  #take(chunk: Buffer, id: string, onOpen: () => void): void {
    if (this.#isOpen) {
      this.#read(chunk);
      return;
    }
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end < 0) return;
    if (!this.#rest.toString("latin1", 0, 12).endsWith("101")) {
      this.#socket.destroy(new Error(this.#rest.toString("latin1", 0, end).split("\r\n")[0]));
      return;
    }
    this.#isOpen = true;
    const rest = this.#rest.subarray(end + 4);
    this.#rest = Buffer.alloc(0);
    this.#socket.write(clientFrame(JSON.stringify({ event: "start", websocket_id: id })));
    this.#read(rest);
    onOpen();
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (;;) {
      if (bytes.length < 4) break;
      const short = (bytes[1] ?? 0) & 127;
      const headerLength = short === 126 ? 4 : 2;
      const length = short === 126 ? bytes.readUInt16BE(2) : short;
      if (bytes.length < headerLength + length) break;
      this.#message(bytes.subarray(headerLength, headerLength + length));
      bytes = bytes.subarray(headerLength + length);
    }
    this.#rest = bytes.length > 0 ? Buffer.from(bytes) : bytes;
  }

  /** Python writes a space after a colon, we do not: the payload is what follows the last quote but one. */
  #message(text: Buffer): void {
    if (text.indexOf('"media"') < 0) return;
    const end = text.lastIndexOf(0x22);
    const begin = text.lastIndexOf(0x22, end - 1) + 1;
    const length = end - begin;
    if (length < NUMBER_BITS * 4) return;
    this.#returned += 1;
    this.#returnedBytes += (length * 3) >> 2;
    let number = 0;
    for (let bit = 0; bit < NUMBER_BITS; bit += 1) {
      const character = text[numberPosition(begin, bit)];
      if (character === LOUD.one || character === QUIET.one) number |= 1 << bit;
    }
    const sentAtMs = this.#sentAtMs[number % 1024] ?? 0;
    this.#lagsMs.push(Math.round((performance.now() - sentAtMs) * 10) / 10); // Short to send on.
  }
}

/** Only the second character of each four takes part, so that every other bit of the sound is as it was. */
function numberPosition(begin: number, bit: number): number {
  return begin + bit * 4 + 1;
}

let millisecond = Math.floor(performance.now());
/** Lets everybody send whose millisecond has come; a generator that was held up makes up for it, as a sound card does. */
function tick(): void {
  const now = performance.now();
  for (; millisecond < now; millisecond += 1) {
    for (const stream of phases[millisecond % PACKET_MS] ?? []) stream.tick();
  }
  setTimeout(tick, 1);
}
tick();

process.on("message", (request: EchoRequest) => {
  handle(request).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ type: "failed", message: String(error) } satisfies EchoReply),
  );
});
process.on("disconnect", () => process.exit(0));

async function handle(request: EchoRequest): Promise<EchoReply> {
  switch (request.type) {
    case "connect":
      return connectStreams(new URL(request.url), request.streams);
    case "count":
      return takeCounts();
    case "disconnect":
      for (const phase of phases) phase.length = 0;
      for (const stream of streams) stream.close();
      streams = [];
      return { type: "disconnected" };
  }
}

async function connectStreams(url: URL, wanted: number): Promise<EchoReply> {
  const failures: string[] = [];
  let left = wanted;
  const connectOneByOne = async (): Promise<void> => {
    while (left-- > 0) {
      try {
        const stream = await open(url);
        streams.push(stream);
        phases[streams.length % PACKET_MS]?.push(stream);
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectOneByOne));
  takeCounts();
  return { type: "connected", failures };
}

function open(url: URL): Promise<EchoStream> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("No connection came about.")), CONNECT_TIMEOUT_MS);
    const opened = (): void => {
      clearTimeout(timer);
      resolve(stream);
    };
    const stream = new EchoStream(url, `bench-${process.pid}-${++created}`, opened, reject);
  });
}

function takeCounts(): EchoReply {
  const nowMs = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuBefore = process.cpuUsage();
  const elapsedMs = nowMs - countedAtMs;
  countedAtMs = nowMs;
  const problems = [...new Set(streams.map(({ problem }) => problem).filter((problem) => problem !== undefined))];
  return {
    type: "counted",
    elapsedMs,
    cpuMs: (user + system) / 1000,
    problems,
    streams: streams.map((stream) => stream.takeCount()),
  };
}
