import { toError } from "../../errors.ts";
import { type PhoneDescription, parsePhoneDescription } from "../../protocol/sip/phone-description.ts";
import type { SipRequest } from "../../protocol/sip/sip-message.ts";
import type { SipReply } from "../../protocol/sip/write-sip-message.ts";
import type { SessionRegistry } from "../../session/session-registry.ts";
import type { Session } from "../../session/session.ts";
import type { CallMedia } from "./call-media.ts";
import { Dialog } from "./dialog.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { SipCall } from "./sip-call.ts";
import { ABILITIES, SDP_TYPE, type SipCore } from "./sip-core.ts";
import { SipTransport } from "./sip-transport.ts";

/** When to try again while all lines are busy, in seconds. */
const RETRY_AFTER_S = 15;

export interface CallSessions {
  readonly registry: SessionRegistry;
  readonly createSession: (id: string, headers: Headers) => Session;
}

export interface IncomingCallOptions {
  readonly core: SipCore;
  readonly sessions: CallSessions;
  readonly invite: ServerTransaction;
  /** How long it rings before it is answered, in milliseconds. */
  readonly ringMs: number;
}

/** An INVITE until it is answered, refused or taken back. */
export class IncomingCall {
  readonly #options: IncomingCallOptions;
  readonly #toTag: string;
  readonly #abort = new AbortController();
  #session: Session | undefined;
  #media: CallMedia | undefined;
  #call: SipCall | undefined;

  constructor(options: IncomingCallOptions) {
    this.#options = options;
    this.#toTag = options.core.random(8);
  }

  /** Sees it through. Never rejects. */
  async take(): Promise<void> {
    const { core, invite } = this.#options;
    invite.onCancel = () => this.#giveUp({ status: 487 });
    invite.respond({ status: 100 });
    try {
      await this.#take();
    } catch (thrown) {
      if (this.#abort.signal.aborted) return;
      core.logger.error("a telephone call could not be answered:", toError(thrown));
      this.#giveUp({ status: 503, headers: [["Retry-After", String(RETRY_AFTER_S)]] });
    }
  }

  /** Refuses it, if it has not been answered: the endpoint closes. */
  stop(): void {
    this.#giveUp({ status: 503 });
  }

  async #take(): Promise<void> {
    const { core, sessions, invite, ringMs } = this.#options;
    const { request, source } = invite;
    const offer = readOffer(request);
    if (typeof offer === "object" && "status" in offer) {
      this.#giveUp(offer);
      return;
    }
    const id = `sip-${core.random(16)}`;
    const admission = sessions.registry.admit(id, () => sessions.createSession(id, headersOf(request)));
    if (admission.type !== "admitted") {
      core.logger.info(`a call of ${request.from.uri} was turned down: ${admission.type}`);
      this.#giveUp({ status: 503, headers: [["Retry-After", String(RETRY_AFTER_S)]] });
      return;
    }
    const { session } = admission;
    this.#session = session;
    session.signal.addEventListener("abort", () => this.#giveUp({ status: 503 }), { once: true });
    const place = await core.place(source);
    const media = await core.openMedia(source, place);
    this.#media = media;
    if (this.#abort.signal.aborted) {
      media.close();
      return;
    }
    const sdp = offer ? media.answer(offer) : media.offer();
    if (sdp === undefined) {
      this.#giveUp({ status: 488 });
      return;
    }
    if (ringMs > 0) {
      invite.respond({ status: 180, toTag: this.#toTag, headers: [["Contact", place.contact]] });
      await core.clock.sleep(ringMs, this.#abort.signal);
    }
    const dialog = Dialog.ofIncoming(request, this.#toTag, source);
    const call = new SipCall({ core, dialog, place, media, events: session });
    this.#call = call;
    session.attach(new SipTransport(media, () => call.hangUp()));
    session.progress();
    call.answer(invite, sdp, offer === undefined);
  }

  /** Refuses it, unless it was answered already. */
  #giveUp(reply: SipReply): void {
    if (this.#call || this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#options.invite.respond({ ...reply, toTag: this.#toTag });
    this.#media?.close();
    this.#session?.closed("peer-left");
  }
}

/** What the caller offers; `undefined` when it leaves the offer to us; a refusal when it cannot be talked to. */
function readOffer(request: SipRequest): PhoneDescription | SipReply | undefined {
  const { headers, body } = request;
  const required = headers.list("require");
  if (required.length > 0) return { status: 420, headers: [["Unsupported", required.join(", ")]] };
  if (!/^sip:/i.test(request.uri)) return { status: 416 };
  if (body.length === 0) return undefined;
  const [type = ""] = (headers.get("content-type") ?? "").toLowerCase().split(";", 1);
  if (type.trim() !== SDP_TYPE || headers.get("content-encoding") !== undefined) {
    return { status: 415, headers: ABILITIES };
  }
  const offer = parsePhoneDescription(new TextDecoder().decode(body));
  if (typeof offer !== "string") return offer;
  return { status: 488, headers: [["Warning", `399 fastrtc "${offer}"`]] };
}

/** The INVITE's headers as handlers find them; those that are none of HTTP are left out. */
export function headersOf(request: Pick<SipRequest, "headers">): Headers {
  const headers = new Headers();
  const secret = new Set(["authorization", "proxy-authorization"]);
  for (const [name, value] of request.headers) {
    if (secret.has(name) || !/^[\w-]+$/.test(name)) continue;
    // HTTP's headers are Latin-1: a name in other letters comes percent-encoded.
    headers.append(name, /^[\u0020-\u007E]*$/.test(value) ? value : encodeURI(value));
  }
  return headers;
}
