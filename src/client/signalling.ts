import { fieldsOf, type JsonFields, parseFields } from "../protocol/json-fields.ts";
import { ClientError, type ServerRefusal } from "./client-error.ts";

export interface SignallingOptions {
  /** Where offers go: `{path}/webrtc/offer`. */
  url: URL;
  webrtcId: string;
  /** Ends what is under way, but for an offer: whoever leaves has to know the token that its answer brings. */
  signal: AbortSignal;
  /** Called with a candidate that the server did not take. The connection may well come about without it. */
  onCandidateError: (error: ClientError) => void;
  /** @internal Replaced in tests. */
  fetch?: typeof fetch;
}

/**
 * Whether the server is asked for a session that outlives its connection, or shown the token of one to go on with;
 * `attempt` counts the tries.
 */
export type Resume = boolean | { readonly session: string; readonly attempt: number };

/** The server's answer to an offer. */
export interface OfferAnswer {
  readonly sdp: string;
  /** The token of the session, from servers that let it outlive its connection. */
  readonly session: string | undefined;
}

/**
 * The offer, its answer and the trickled candidates over HTTP POST, as FastRTC's servers take them.
 * Candidates are held until the answer is there, and go out in the order they were found: before the offer has been
 * handled the server knows no connection that they could belong to, and the browser checks nothing without an answer.
 */
export class Signalling {
  readonly #options: SignallingOptions;
  readonly #held: RTCIceCandidateInit[] = [];
  #answered = false;

  constructor(options: SignallingOptions) {
    this.#options = options;
  }

  /**
   * Sends the offer and returns the answer.
   * @throws {ClientError} `refused` or `server_unreachable`.
   */
  async offer(sdp: string, resume: Resume = false): Promise<OfferAnswer> {
    const body = await this.#post({ type: "offer", sdp, ...(resume !== false && { resume }) }, {});
    const { type, sdp: answer, session } = body;
    if (type !== "answer" || typeof answer !== "string") {
      throw new ClientError(
        "server_unreachable",
        "The server's answer to the offer is not one. Is this the URL of a stream?",
      );
    }
    this.#answered = true;
    for (const candidate of this.#held.splice(0)) this.#postCandidate(candidate);
    return { sdp: answer, session: typeof session === "string" ? session : undefined };
  }

  /** Takes a candidate at any time; it is sent as soon as it can be of use. */
  candidate(candidate: RTCIceCandidateInit): void {
    if (this.#answered) this.#postCandidate(candidate);
    else this.#held.push(candidate);
  }

  /** Tells the server to expect nothing more; one that does not hear of it finds out by itself, some seconds later. */
  async leave(resume: Resume): Promise<void> {
    await this.#post({ type: "leave", resume }, { keepalive: true }).catch(() => undefined);
  }

  #postCandidate(candidate: RTCIceCandidateInit): void {
    this.#post({ type: "ice-candidate", candidate }, { signal: this.#options.signal }).catch((thrown: unknown) => {
      if (!this.#options.signal.aborted && thrown instanceof ClientError) this.#options.onCandidateError(thrown);
    });
  }

  async #post(message: object, init: RequestInit): Promise<JsonFields> {
    const { url, webrtcId, fetch: send = globalThis.fetch } = this.#options;
    const body: JsonFields = await send(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...message, webrtc_id: webrtcId }),
      ...init,
    }).then(readBody, (cause: unknown) => {
      throw new ClientError(
        "server_unreachable",
        "The server could not be reached. Is it running, and does it let this page ask (CORS, https)?",
        { cause },
      );
    });
    const refusal = parseRefusal(body);
    if (refusal) {
      throw new ClientError("refused", refusal.message ?? `The server refused: ${refusal.code}.`, { refusal });
    }
    return body;
  }
}

async function readBody(response: Response): Promise<JsonFields> {
  const { ok, status, statusText } = response;
  const body = parseFields(await response.text());
  if (body && (ok || parseRefusal(body))) return body;
  const said = ok ? "something that is not JSON" : `${status} ${statusText}`.trimEnd();
  throw new ClientError("server_unreachable", `The server answered ${said}. Is this the URL of a stream?`);
}

/** The refusal in a body of the server, with a status of 200 or any other; undefined when there is none. */
export function parseRefusal(body: JsonFields): ServerRefusal | undefined {
  if (body["status"] !== "failed") return undefined;
  const { error, limit, message } = fieldsOf(body["meta"]) ?? {};
  return {
    code: typeof error === "string" ? error : "unknown",
    limit: typeof limit === "number" ? limit : undefined,
    message: typeof message === "string" && message !== "" ? message : undefined,
  };
}
