import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";

export interface CheckOptions {
  /** The receiver's user fragment and the sender's, with a colon between. */
  readonly username: string;
  /** The receiver's. */
  readonly password: string;
  readonly tieBreaker: bigint;
}

/** A connectivity check as Chromium sends it (RFC 8445 section 7.1), from the controlling side. */
export function connectivityCheck({ username, password, tieBreaker }: CheckOptions): Buffer {
  const attribute = (type: number, value: Buffer): Buffer => {
    const header = Buffer.alloc(4);
    header.writeUInt16BE(type, 0);
    header.writeUInt16BE(value.length, 2);
    return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  };
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64BE(tieBreaker);
  const attributes = [
    attribute(0x0006, Buffer.from(username)),
    attribute(0x802a, eight), // ICE-CONTROLLING
    attribute(0x0024, Buffer.from("6e7e1fff", "hex")), // PRIORITY
  ];
  const message = (length: number): Buffer => {
    const header = Buffer.alloc(20);
    header.writeUInt16BE(0x0001, 0);
    header.writeUInt16BE(Buffer.concat(attributes).length + length, 2);
    header.writeUInt32BE(0x2112a442, 4);
    header.fill(7, 8);
    return Buffer.concat([header, ...attributes]);
  };
  attributes.push(attribute(0x0008, createHmac("sha1", password).update(message(24)).digest()));
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(message(8)) ^ 0x5354554e) >>> 0);
  attributes.push(attribute(0x8028, sum));
  return message(0);
}
