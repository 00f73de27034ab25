import { describe, expect, test } from "vitest";
import { FrameSplitter } from "../../src/sockets/frame-splitter.ts";

const MASK = [0x37, 0xfa, 0x21, 0x3d];

interface FrameParts {
  readonly first: number;
  readonly payload: Buffer;
  readonly masked?: boolean;
}

/** A frame as RFC 6455 §5.2 has it. */
function frame({ first, payload, masked = true }: FrameParts): Buffer {
  const lengthBytes = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  const length = payload.length > 0xffff ? [127, 0, 0, 0, 0, ...bigEndian(payload.length)] : lengthBytes;
  const header = [first, (masked ? 0x80 : 0) | (length[0] ?? 0), ...length.slice(1), ...(masked ? MASK : [])];
  const body = masked ? payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0)) : payload;
  return Buffer.concat([Buffer.from(header), body]);
}

function bigEndian(length: number): number[] {
  return [length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
}

/** What a splitter makes of bytes that come in pieces of some size; neighbouring bytes for others as one. */
function split(bytes: Buffer, pieceLength: number): string[] {
  const events: string[] = [];
  let others = Buffer.alloc(0);
  const flush = (): void => {
    if (others.length > 0) events.push(`other ${others.toString("hex")}`);
    others = Buffer.alloc(0);
  };
  const splitter = new FrameSplitter({
    text: (utf8) => {
      flush();
      events.push(`text ${utf8.toString()}`);
    },
    binary: (payload) => {
      flush();
      events.push(`binary ${payload.toString("hex")}`);
    },
    other: (part) => (others = Buffer.concat([others, part])),
  });
  for (let at = 0; at < bytes.length; at += pieceLength) {
    splitter.push(Buffer.from(bytes.subarray(at, at + pieceLength)));
  }
  flush();
  return events;
}

const text = (value: string): Buffer => frame({ first: 0x81, payload: Buffer.from(value) });
const ping = frame({ first: 0x89, payload: Buffer.from("hi") });
const close = frame({ first: 0x88, payload: Buffer.from([3, 232]) });
const medium = "m".repeat(300);
const long = frame({ first: 0x81, payload: Buffer.alloc(9000, "l") });
const veryLong = frame({ first: 0x82, payload: Buffer.alloc(70_000, 7) });
const unmasked = frame({ first: 0x81, payload: Buffer.from("bare"), masked: false });
const compressed = frame({ first: 0xc1, payload: Buffer.from("rsv1") });
const notUtf8 = frame({ first: 0x81, payload: Buffer.from([0xff, 0xfe]) });
const fragments = [
  frame({ first: 0x01, payload: Buffer.from("be") }),
  ping,
  frame({ first: 0x00, payload: Buffer.from("gin") }),
  // Against the protocol within a message: not ours to judge.
  text("intruder"),
  frame({ first: 0x80, payload: Buffer.from("end") }),
];

describe.each([1, 2, 3, 7, 64, 1000, 1_000_000])("in pieces of %i bytes", (pieceLength) => {
  test("short whole messages are read, everything else is passed on as it came, in its order", () => {
    const bytes = Buffer.concat([
      text("one"),
      text(medium),
      frame({ first: 0x82, payload: Buffer.from([1, 2, 3]) }),
      ping,
      text(""),
      ...fragments,
      text("after fragments"),
      long,
      unmasked,
      compressed,
      text("é"),
      veryLong,
      notUtf8,
      close,
      text("last"),
    ]);
    expect(split(bytes, pieceLength)).toEqual([
      "text one",
      `text ${medium}`,
      "binary 010203",
      `other ${ping.toString("hex")}`,
      "text ",
      `other ${Buffer.concat(fragments).toString("hex")}`,
      "text after fragments",
      `other ${Buffer.concat([long, unmasked, compressed]).toString("hex")}`,
      "text é",
      `other ${Buffer.concat([veryLong, notUtf8, close]).toString("hex")}`,
      "text last",
    ]);
  });

  test("behind a length that no frame can have everything is passed on", () => {
    const endless = Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...MASK]);
    const rest = Buffer.concat([endless, text("swallowed")]);
    expect(split(Buffer.concat([text("one"), rest]), pieceLength)).toEqual([
      "text one",
      `other ${rest.toString("hex")}`,
    ]);
  });
});
