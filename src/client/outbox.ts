import type { Link } from "./link.ts";

/** How many texts wait for a connection; of more the oldest are dropped. */
const MAX_WAITING_TEXTS = 256;

/** What the application has said and no link has taken yet: it waits for the first one, or for the next. */
export class Outbox {
  readonly #texts: string[] = [];

  /** Takes a text, or anything else as JSON. @throws {TypeError} for what JSON cannot hold. */
  put(message: unknown): void {
    this.#texts.push(typeof message === "string" ? message : (JSON.stringify(message) ?? "null"));
    if (this.#texts.length > MAX_WAITING_TEXTS) this.#texts.shift();
  }

  /** Has this link send it, as soon as it can. */
  sendBy(link: Link | undefined): void {
    link?.requests.sendTexts(this.#texts);
  }

  /** Keeps it from a link that may be broken: what is said from now on waits for the next one. */
  holdBack(link: Link | undefined): void {
    link?.requests.sendTexts([]);
  }
}
