import { FrameSplitter } from "../../src/sockets/frame-splitter.ts";
import { SocketLink } from "../../src/sockets/socket-link.ts";
import type { Transport, TransportEvents } from "../../src/session/transport.ts";
import { TelephoneTransport } from "../../src/transports/telephone/telephone-transport.ts";
import { twilioCarrier } from "../../src/transports/telephone/twilio-carrier.ts";
import { PlainCoding } from "../../src/transports/websocket/sound-coding.ts";
import { WebSocketTransport } from "../../src/transports/websocket/websocket-transport.ts";
import { encodeBase64 } from "../../src/protocol/base64.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemorySocket } from "../support/memory-socket.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import type { FuzzReader, FuzzTarget } from "./fuzz-target.ts";

const MASK = [1, 2, 3, 4];

/** A masked frame (RFC 6455 §5.2) with this first byte. */
function frame(first: number, payload: Uint8Array): Uint8Array {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  length[0] = (length[0] ?? 0) | 0x80;
  return Uint8Array.from([first, ...length, ...MASK, ...payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0))]);
}

const media = Buffer.from(JSON.stringify({ event: "media", media: { payload: encodeBase64(new Uint8Array(160)) } }));
const FRAMES = [
  frame(0x81, media),
  frame(0x82, new Uint8Array(320)),
  frame(0x89, new Uint8Array(0)),
  frame(0x01, Buffer.from("a fragment")),
  frame(0x80, Buffer.from("its end")),
  frame(0x88, Uint8Array.of(3, 232)),
  frame(0x81, Uint8Array.of(0xff, 0xfe)),
];

/** What a splitter gives out, joined so that it does not depend on how the bytes came in pieces. */
class Outcome {
  #text = "";
  #other = "";
  readonly splitter = new FrameSplitter({
    text: (utf8) => this.#whole("text", utf8),
    binary: (bytes) => this.#whole("binary", bytes),
    other: (bytes) => (this.#other += bytes.toString("hex")),
  });

  /** What came out since the last call. */
  take(): string {
    const taken = this.#text + this.#other;
    this.#text = "";
    this.#other = "";
    return taken;
  }

  #whole(kind: string, bytes: Buffer): void {
    this.#text += `${this.#other}\n${kind} ${bytes.toString("hex")}\n`;
    this.#other = "";
  }
}

const frames: FuzzTarget = {
  name: "frames of a WebSocket",
  corpus: [...FRAMES, Buffer.concat(FRAMES), Buffer.concat(FRAMES.toReversed())],
  share: 0.3,
  open: () => {
    let inOne = new Outcome();
    let inPieces = new Outcome();
    let count = 0;
    return (bytes) => {
      count += 1;
      if (count % 16 === 0) [inOne, inPieces] = [new Outcome(), new Outcome()]; // A length that never ends ends here.
      inOne.splitter.push(Buffer.from(bytes));
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + ((bytes[at] ?? 0) % 23);
        inPieces.splitter.push(Buffer.from(bytes.subarray(at, end)));
        at = end;
      }
      const [one, other] = [inOne.take(), inPieces.take()];
      if (one !== other) throw new Error(`broken: pieces make a difference:\n${one}\n${other}`);
      return one !== "";
    };
  },
};

const nobody: TransportEvents = {
  progress: () => {},
  connected: () => {},
  videoFrame: () => {},
  audioFrame: () => {},
  message: () => {},
  key: () => {},
  closed: () => {},
  failure: () => {},
};

/** Feeds a transport through a whole link; time goes on, so that nobody is held back for long. */
function through(attach: (link: SocketLink, clock: ManualClock) => Transport): FuzzReader {
  const open = (): { socket: MemorySocket; clock: ManualClock } => {
    const socket = new MemorySocket();
    const clock = new ManualClock();
    attach(
      new SocketLink({
        socket,
        clock,
        receiver: { text: () => 0, binary: () => 0, complain: () => {}, lost: () => {} },
      }),
      clock,
    );
    return { socket, clock };
  };
  let peer = open();
  return (bytes) => {
    if (peer.socket.closedWith || peer.socket.isTerminated) peer = open();
    const { socket, clock } = peer;
    const isText = bytes[0] !== 0;
    socket.receive(isText ? Buffer.from(bytes).toString() : bytes.slice());
    clock.advance(20);
    socket.texts.length = 0;
    socket.binaries.length = 0;
    return isText;
  };
}

const json = (...values: readonly unknown[]): Uint8Array[] => values.map((value) => Buffer.from(JSON.stringify(value)));
const payload = encodeBase64(new Uint8Array(160));

const webSocketTransport: FuzzTarget = {
  name: "a session's WebSocket",
  corpus: [...json({ event: "media", media: { payload } }, { event: "ping" }, { event: "stop" }), new Uint8Array(160)],
  share: 0.1,
  open: () =>
    through((link) => {
      const coding = new PlainCoding({ encoding: "mulaw", channels: 1 });
      const rates = { inputSampleRate: 8000, outputSampleRate: 8000 };
      return new WebSocketTransport({ link, events: nobody, rates, format: undefined, coding });
    }),
};

const telephoneTransport: FuzzTarget = {
  name: "a call's WebSocket",
  corpus: json(
    { event: "media", streamSid: "MZ1", media: { track: "inbound", chunk: "2", timestamp: "5", payload } },
    { event: "mark", streamSid: "MZ1", mark: { name: "7" } },
    { event: "dtmf", streamSid: "MZ1", dtmf: { track: "inbound_track", digit: "1" } },
    { event: "stop", streamSid: "MZ1", stop: {} },
  ),
  share: 0.1,
  open: () =>
    through(
      (link, clock) =>
        new TelephoneTransport({
          link,
          events: nobody,
          carrier: twilioCarrier(undefined),
          streamId: "MZ1",
          logger: new RecordingLogger(),
          clock,
        }),
    ),
};

/** The edges of the transports that read what a socket brings. */
export const socketTargets: readonly FuzzTarget[] = [frames, webSocketTransport, telephoneTransport];
