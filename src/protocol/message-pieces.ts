import { parseFields } from "./json-fields.ts";

/**
 * How long a piece of a message is, in UTF-16 code units: what everybody takes is 65,536 bytes, of which JSON may take two for
 * each ASCII character (a quote) and six for any other (half of a pair).
 */
const ASCII_PIECE_LENGTH = 30_000;
const PIECE_LENGTH = 10_000;
/** Longest message that is put together again, in UTF-16 code units: a file of 10 MiB as base64, and what stands around it. */
export const MAX_MESSAGE_LENGTH = 16 * 1024 * 1024;
/** Most pieces of a message, however short they are. */
const MAX_PIECES = 65_536;

/** The message in texts that a data channel takes: itself, where it is short, or pieces that a `MessageJoiner` joins. */
export function splitMessage(text: string): readonly string[] {
  if (text.length <= PIECE_LENGTH) return [text];
  const length = /[^\u0020-\u007e]/.test(text) ? PIECE_LENGTH : ASCII_PIECE_LENGTH;
  if (text.length <= length) return [text];
  const count = Math.ceil(text.length / length);
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ type: "piece", index, count, data: text.slice(index * length, (index + 1) * length) }),
  );
}

/**
 * Joins the pieces of one message after the other. When one is missing, or a message is longer than 16 Mi code units or 65,536 pieces, all of
 * that message is dropped; what is no piece passes.
 */
export class MessageJoiner {
  #parts: string[] = [];
  #length = 0;

  /** The message that is complete with this text; undefined while pieces of it are missing. */
  push(text: string): string | undefined {
    const piece = parsePiece(text);
    if (!piece) return text;
    if (piece.index === 0) this.#clear();
    this.#length += piece.data.length;
    const isTooLong = this.#length > MAX_MESSAGE_LENGTH || this.#parts.length >= MAX_PIECES;
    if (piece.index !== this.#parts.length || isTooLong) {
      this.#clear();
      return undefined;
    }
    this.#parts.push(piece.data);
    if (this.#parts.length < piece.count) return undefined;
    const message = this.#parts.join("");
    this.#clear();
    return message;
  }

  #clear(): void {
    this.#parts = [];
    this.#length = 0;
  }
}

interface Piece {
  readonly index: number;
  readonly count: number;
  readonly data: string;
}

function parsePiece(text: string): Piece | undefined {
  const { index, count, data } = (text.startsWith('{"type":"piece"') ? parseFields(text) : undefined) ?? {};
  if (typeof index !== "number" || typeof count !== "number" || typeof data !== "string") return undefined;
  return { index, count, data };
}
