import { readUint16, readUint24, writeUint16, writeUint24 } from "./bytes.ts";
import { findHeaderExtension, type HeaderExtensionElement } from "./header-extension-block.ts";
import type { RtpPacket } from "./packet.ts";

/** The header extensions that this package reads or writes, by the URI that SDP names them with. */
export const HEADER_EXTENSION_URIS = {
  /** RFC 8843 §15: which m-line the packet belongs to. */
  mid: "urn:ietf:params:rtp-hdrext:sdes:mid",
  /** RFC 8852 §3.1: which simulcast layer. */
  rid: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  /** RFC 8852 §3.2: which simulcast layer a retransmission repairs. */
  repairedRid: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
  absSendTime: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  transportSequenceNumber: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  /** RFC 6464. */
  audioLevel: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  playoutDelay: "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
  /** 3GPP TS 26.114 §7.4.5. */
  videoOrientation: "urn:3gpp:video-orientation",
  colorSpace: "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
} as const;

/** How the numbers of a picture stand for colours: code points of ITU-T H.273, sections 8.1 to 8.3. */
export interface ColorSpaceCode {
  readonly primaries: number;
  readonly transfer: number;
  /** 1 is BT.709, 5 and 6 are BT.601. */
  readonly matrix: number;
  /** Limited: black is 16 and white 235. */
  readonly range: "limited" | "full" | "unknown";
}

/** The clockwise turn that makes the picture upright, and what else the camera says of itself. */
export interface VideoOrientation {
  readonly rotation: 0 | 90 | 180 | 270;
  /** Whether the picture is mirrored. */
  readonly flipped: boolean;
  readonly backCamera: boolean;
}

export interface AudioLevel {
  /** 0 (loudest) to -127 (silence), in dBov. */
  readonly levelDbov: number;
  readonly voiceActivity: boolean;
}

/** How long the receiver may hold frames back before it shows them. 0 and 0 asks to show each at once. */
export interface PlayoutDelay {
  /** 0 to 40950, in steps of 10. */
  readonly minimumMs: number;
  /** `minimumMs` to 40950, in steps of 10. */
  readonly maximumMs: number;
}

/** What each extension's value means. */
export interface HeaderExtensionValues {
  mid: string;
  rid: string;
  repairedRid: string;
  /** When the packet left, in ticks of 2^-18 s; 24 bits, so it wraps every 64 s. See `absSendTimeAt`. */
  absSendTime: number;
  /** 16 bits, counted over all packets of a transport. */
  transportSequenceNumber: number;
  audioLevel: AudioLevel;
  playoutDelay: PlayoutDelay;
  videoOrientation: VideoOrientation;
  /** In the last packet of a keyframe, and of the picture with which it changes. */
  colorSpace: ColorSpaceCode;
}

export type HeaderExtensionName = keyof HeaderExtensionValues;

interface ValueFormat<Value> {
  /** `undefined` for bytes that are not such a value. */
  decode(bytes: Uint8Array): Value | undefined;
  encode(value: Value): Uint8Array;
}

/** Bytes of a color space, and with what is told of high dynamic range after it. */
const COLOR_BYTES = 4;
const HDR_COLOR_BYTES = 28;
/** By their code; the last, "derived from the other values", is as good as unknown. */
const RANGES: readonly ColorSpaceCode["range"][] = ["unknown", "limited", "full", "unknown"];

const text: ValueFormat<string> = {
  decode: (bytes) => {
    let decoded = "";
    for (const byte of bytes) {
      if (byte < 0x21 || byte > 0x7e) return undefined; // mid and rid are tokens of visible ASCII.
      decoded += String.fromCharCode(byte);
    }
    return decoded === "" ? undefined : decoded;
  },
  encode: (value) => Uint8Array.from(value, (character) => character.charCodeAt(0)),
};

const VALUE_FORMATS: { readonly [Name in HeaderExtensionName]: ValueFormat<HeaderExtensionValues[Name]> } = {
  mid: text,
  rid: text,
  repairedRid: text,
  absSendTime: {
    decode: (bytes) => (bytes.length === 3 ? readUint24(bytes, 0) : undefined),
    encode: (value) => {
      const bytes = new Uint8Array(3);
      writeUint24(bytes, 0, value);
      return bytes;
    },
  },
  transportSequenceNumber: {
    // Version 2 of this extension appends a feedback request of two bytes.
    decode: (bytes) => (bytes.length === 2 || bytes.length === 4 ? readUint16(bytes, 0) : undefined),
    encode: (value) => {
      const bytes = new Uint8Array(2);
      writeUint16(bytes, 0, value);
      return bytes;
    },
  },
  audioLevel: {
    decode: (bytes) => {
      const byte = bytes[0];
      if (byte === undefined) return undefined;
      return { levelDbov: 0 - (byte & 0x7f), voiceActivity: (byte & 0x80) !== 0 };
    },
    encode: ({ levelDbov, voiceActivity }) => {
      const level = Math.min(127, Math.max(0, Math.round(-levelDbov)));
      return Uint8Array.of((voiceActivity ? 0x80 : 0) | level);
    },
  },
  playoutDelay: {
    decode: (bytes) => {
      if (bytes.length !== 3) return undefined;
      const both = readUint24(bytes, 0);
      const minimumMs = (both >> 12) * 10;
      const maximumMs = (both & 0xfff) * 10;
      return minimumMs <= maximumMs ? { minimumMs, maximumMs } : undefined;
    },
    encode: ({ minimumMs, maximumMs }) => {
      const bytes = new Uint8Array(3);
      writeUint24(bytes, 0, (tensOfMs(minimumMs) << 12) | tensOfMs(maximumMs));
      return bytes;
    },
  },
  videoOrientation: {
    decode: (bytes) => {
      const byte = bytes[0];
      if (byte === undefined) return undefined;
      return {
        rotation: ([0, 90, 180, 270] as const)[byte & 0x03] ?? 0,
        flipped: (byte & 0x04) !== 0,
        backCamera: (byte & 0x08) !== 0,
      };
    },
    encode: ({ rotation, flipped, backCamera }) =>
      Uint8Array.of((backCamera ? 0x08 : 0) | (flipped ? 0x04 : 0) | (rotation / 90)),
  },
  colorSpace: {
    decode: (bytes) => {
      const [primaries = 0, transfer = 0, matrix = 0, rangeAndSiting = 0] = bytes;
      if (bytes.length !== COLOR_BYTES && bytes.length !== HDR_COLOR_BYTES) return undefined;
      return { primaries, transfer, matrix, range: RANGES[(rangeAndSiting >> 4) & 0x03] ?? "unknown" };
    },
    // Where chroma samples lie is left unsaid: 0.
    encode: ({ primaries, transfer, matrix, range }) =>
      Uint8Array.of(primaries, transfer, matrix, Math.max(0, RANGES.indexOf(range)) << 4),
  },
};

function tensOfMs(ms: number): number {
  return Math.min(0xfff, Math.max(0, Math.round(ms / 10)));
}

const NAMES = Object.keys(HEADER_EXTENSION_URIS) as HeaderExtensionName[];

/**
 * Which id each header extension has on one connection, as its SDP negotiated it. With BUNDLE, ids are the same
 * for all m-lines (RFC 8843 §9.2), so one map serves the connection.
 */
export class HeaderExtensionMap {
  readonly #ids = new Map<HeaderExtensionName, number>();

  /** @param extmap Id and URI of each `a=extmap`; URIs that this package does not know are left out. */
  constructor(extmap: Iterable<readonly [id: number, uri: string]> = []) {
    for (const [id, uri] of extmap) {
      const name = NAMES.find((known) => HEADER_EXTENSION_URIS[known] === uri);
      if (name) this.#ids.set(name, id);
    }
  }

  /** The id of an extension, or `undefined` when it was not negotiated. */
  idOf(name: HeaderExtensionName): number | undefined {
    return this.#ids.get(name);
  }

  /** An extension's value in a packet; `undefined` when it was not negotiated, is not there or is not valid. */
  read<Name extends HeaderExtensionName>(packet: RtpPacket, name: Name): HeaderExtensionValues[Name] | undefined {
    const id = this.#ids.get(name);
    if (id === undefined || packet.extensionProfile === 0) return undefined;
    const bytes = findHeaderExtension(packet, id);
    return bytes && VALUE_FORMATS[name].decode(bytes);
  }

  /** The element to send, or none when the extension was not negotiated. */
  elements<Name extends HeaderExtensionName>(name: Name, value: HeaderExtensionValues[Name]): HeaderExtensionElement[] {
    const id = this.#ids.get(name);
    return id === undefined ? [] : [{ id, value: VALUE_FORMATS[name].encode(value) }];
  }
}

/** The value of `absSendTime` at a time in milliseconds (any clock; only differences mean something). */
export function absSendTimeAt(nowMs: number): number {
  return Math.floor((nowMs / 1000) * 0x4_0000) % 0x100_0000;
}
