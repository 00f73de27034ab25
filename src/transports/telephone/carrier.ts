import type { PhoneMessage } from "../../protocol/phone-message.ts";
import type { StreamAddress } from "../../protocol/stream-address.ts";

/** A webhook of a telephone company, as it came in. */
export interface CallWebhook {
  readonly headers: Headers;
  /** The addresses that it may have been sent to, on the far side of a proxy; the likeliest first. */
  readonly urls: readonly string[];
  /** The body as it was sent. */
  readonly body: string;
  /** The fields of the body, when it is a form. */
  readonly form: readonly (readonly [name: string, value: string])[];
}

/** The beginning of a WebSocket that a telephone company opens. */
export interface CallStream {
  readonly headers: Headers;
  readonly urls: readonly string[];
  /** What the answer to the webhook gave to the stream. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What stands in the answer to a webhook. */
export interface WebhookReply {
  readonly contentType: "application/xml" | "application/json";
  readonly body: string;
}

/** How one telephone company speaks: everything else is the same for all. */
export interface Carrier {
  /** Its name for people, such as "Twilio". */
  readonly name: string;
  /** Its part of the routes: "" for "telephone/incoming", "telnyx" for "telephone/telnyx/incoming". */
  readonly route: string;
  readonly codec: "PCMU" | "L16";
  readonly sampleRate: number;
  /** Whether what is not signed by the company is turned down. */
  readonly checksCallers: boolean;
  /** Whether a webhook comes from the company. */
  sentWebhook(webhook: CallWebhook): boolean | Promise<boolean>;
  /** Whether the company opened this WebSocket, for a call whose webhook was answered. */
  openedStream(stream: CallStream): boolean | Promise<boolean>;
  /** The answer that connects a call to the WebSocket. */
  connect(address: StreamAddress): WebhookReply;
  /** The answer that says a sentence and ends the call. */
  hangUp(sentence: string): WebhookReply;
  /** What a text message says. It never throws. */
  readText(text: string): PhoneMessage;
  /** What a binary message says; absent where none are sent. */
  readBinary?(bytes: Uint8Array): PhoneMessage;
  /** Plays sound in the carrier's format. */
  media(streamId: string, payload: Uint8Array): string | Uint8Array;
  /** Asks to be told when what was sent has been played. */
  mark(streamId: string, name: string): string;
  /** Drops what has not been played. */
  clear(streamId: string): string;
}
