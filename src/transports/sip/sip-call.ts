import { toError } from "../../errors.ts";
import { parsePhoneDescription } from "../../protocol/sip/phone-description.ts";
import type { SipRequest } from "../../protocol/sip/sip-message.ts";
import { parseKeyOfInfo } from "../../protocol/sip/telephone-event.ts";
import type { SipReply } from "../../protocol/sip/write-sip-message.ts";
import type { TransportEvents } from "../../session/transport.ts";
import { AuthorizedRequest, type SipCredentials } from "./authorized-request.ts";
import type { CallMedia } from "./call-media.ts";
import type { ClientOutcome } from "./client-transaction.ts";
import type { Dialog } from "./dialog.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { ABILITIES, SDP_TYPE, type SipCore, type SipPlace, type StandingCall } from "./sip-core.ts";

/** After so long without packets the far end is asked whether it is still there, in milliseconds. */
const SILENT_MS = 15_000;
/** How long after its last sound a call is hung up, so that the telephone has played it, in milliseconds. */
const PLAY_OUT_MS = 150;

export interface SipCallOptions {
  readonly core: SipCore;
  readonly dialog: Dialog;
  readonly place: SipPlace;
  readonly media: CallMedia;
  readonly events: TransportEvents;
  /** For requests of ours, when the far end asks who we are. */
  readonly credentials?: SipCredentials | undefined;
}

const decoder = new TextDecoder();

/** A call that was answered, until one side hangs up. */
export class SipCall implements StandingCall {
  readonly #options: SipCallOptions;
  #state: "answered" | "running" | "ended" = "answered";
  /** An INVITE whose ACK has not come; and whether its answer held our offer, so that the ACK holds theirs. */
  #pending: { readonly invite: ServerTransaction; readonly isOffer: boolean } | undefined;
  #hangsUpLater = false;
  #cancelWatch: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(options: SipCallOptions) {
    this.#options = options;
    options.core.calls.set(options.dialog.key, this);
  }

  /** Answers the INVITE that it began with; the sound begins with the ACK. */
  answer(invite: ServerTransaction, sdp: string, isOffer: boolean): void {
    const { dialog } = this.#options;
    const routes = invite.request.headers.all("record-route").map((route) => ["Record-Route", route] as const);
    this.#await(invite, isOffer);
    invite.respond({ ...this.#success(sdp), toTag: dialog.localTag, headers: [...routes, ...this.#headers] });
  }

  /** Begins: sound is given on, and the far end is watched. */
  start(): void {
    if (this.#state !== "answered") return;
    const { media, events } = this.#options;
    this.#state = "running";
    media.listener = {
      onAudio: (frame) => events.audioFrame(frame),
      onKey: (digit) => events.key(digit),
    };
    this.#watch();
    events.connected();
  }

  /** A request within the call. */
  request(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#state === "ended") {
      transaction.respond({ status: 481 });
      return;
    }
    if (!this.#options.dialog.follows(request)) {
      transaction.respond({ status: 500, headers: [["Retry-After", "1"]] });
      return;
    }
    switch (request.method) {
      case "BYE":
        transaction.respond({ status: 200 });
        this.#leave("peer-left");
        break;
      case "INVITE":
        this.#change(transaction);
        break;
      case "OPTIONS":
        transaction.respond({ status: 200, headers: ABILITIES });
        break;
      case "INFO":
        this.#takeInfo(transaction);
        break;
      default:
        transaction.respond({ status: 405, headers: ABILITIES });
    }
  }

  /** The far end has our answer to its INVITE. */
  acknowledged(request: SipRequest): void {
    const { invite, isOffer } = this.#pending ?? {};
    if (!invite || request.cseq.sequence !== invite.request.cseq.sequence) return;
    this.#pending = undefined;
    const answer = isOffer ? parsePhoneDescription(decoder.decode(request.body)) : undefined;
    const isAgreed = answer === undefined || (typeof answer === "object" && this.#options.media.accept(answer));
    invite.acknowledged();
    if (this.#hangsUpLater) {
      this.#options.core.calls.delete(this.#options.dialog.key);
      this.#sendBye();
    } else if (isAgreed) {
      this.start();
    } else {
      this.#sendBye();
      this.#leave("connection-failed");
    }
  }

  /** Hangs up, once the far end has heard what was sent. Harmless when repeated. */
  hangUp(): Promise<void> {
    this.#closing ??= this.#hangUp();
    return this.#closing;
  }

  /** Hangs up at once, and says so to its session: the endpoint closes. */
  stop(): void {
    if (this.#state === "ended") return;
    this.#sendBye();
    this.#leave("server-stopped");
  }

  async #hangUp(): Promise<void> {
    if (this.#state === "ended") return;
    const { core, media } = this.#options;
    const wasRunning = this.#state === "running";
    const soundMs = media.soundSentMs(core.clock.nowMs());
    if (wasRunning && soundMs < PLAY_OUT_MS) await core.clock.sleep(PLAY_OUT_MS - soundMs);
    if (this.#hasEnded) return;
    // Before its ACK an answered call cannot be hung up (RFC 3261 §15).
    if (wasRunning || !this.#pending) this.#sendBye();
    else this.#hangsUpLater = true;
    this.#end();
  }

  /** Read anew: while one waits the far end may hang up. */
  get #hasEnded(): boolean {
    return this.#state === "ended";
  }

  get #headers(): NonNullable<SipReply["headers"]> {
    return [["Contact", this.#options.place.contact], ...ABILITIES];
  }

  #success(sdp: string): SipReply {
    return { status: 200, headers: this.#headers, body: { contentType: SDP_TYPE, text: sdp } };
  }

  #await(invite: ServerTransaction, isOffer: boolean): void {
    this.#pending = { invite, isOffer };
    invite.onAcknowledged = (came) => {
      if (came || this.#pending?.invite !== invite) return;
      this.#pending = undefined;
      this.#options.core.logger.info("a call was answered, and nobody acknowledged it within 32 s");
      this.#options.core.calls.delete(this.#options.dialog.key);
      this.#sendBye();
      this.#leave("connection-failed");
    };
  }

  /** On hold and off, another address, another codec. What cannot be done leaves the call as it was (RFC 3261 §14.2). */
  #change(transaction: ServerTransaction): void {
    const { media, dialog } = this.#options;
    const { request } = transaction;
    if (this.#pending) {
      transaction.respond({ status: 491 });
      return;
    }
    const isOffer = request.body.length === 0;
    const offer = isOffer ? undefined : parsePhoneDescription(decoder.decode(request.body));
    const sdp = offer === undefined ? media.offer() : typeof offer === "object" ? media.answer(offer) : undefined;
    if (sdp === undefined) {
      transaction.respond({ status: 488 });
      return;
    }
    dialog.retarget(request);
    this.#await(transaction, isOffer);
    transaction.respond(this.#success(sdp));
  }

  #takeInfo(transaction: ServerTransaction): void {
    const { headers, body } = transaction.request;
    const digit = parseKeyOfInfo(headers.get("content-type") ?? "", decoder.decode(body));
    if (digit !== undefined && this.#state === "running") this.#options.events.key(digit);
    transaction.respond(digit !== undefined || body.length === 0 ? { status: 200 } : { status: 415 });
  }

  /** A telephone whose network broke says no goodbye: it is asked, and given up when it does not answer. */
  #watch(): void {
    const { core, media } = this.#options;
    this.#cancelWatch = core.clock.after(SILENT_MS, () => {
      if (media.silentForMs(core.clock.nowMs()) < SILENT_MS) {
        this.#watch();
        return;
      }
      this.#send("OPTIONS", (outcome) => {
        if (this.#state !== "running") return;
        const isGone =
          outcome.type !== "response" || outcome.response.status === 481 || outcome.response.status === 408;
        if (outcome.type === "response" && outcome.response.status < 200) return;
        if (isGone) this.#leave("peer-silent");
        else this.#watch();
      });
    });
  }

  #sendBye(): void {
    this.#send("BYE", () => {});
  }

  #send(method: "BYE" | "OPTIONS", onOutcome: (outcome: ClientOutcome) => void): void {
    const { core, dialog, place, credentials } = this.#options;
    try {
      new AuthorizedRequest({
        core,
        method,
        uri: dialog.target,
        to: dialog.nextHop,
        place,
        credentials,
        nextSequence: () => dialog.nextSequence(),
        headers: (sequence) => dialog.headers(method, sequence),
        onOutcome,
      }).start();
    } catch (thrown) {
      core.logger.error(`a ${method} could not be sent:`, toError(thrown));
    }
  }

  #leave(reason: "peer-left" | "peer-silent" | "connection-failed" | "server-stopped"): void {
    if (this.#state === "ended") return;
    this.#end();
    this.#options.events.closed(reason);
  }

  #end(): void {
    const { core, dialog, media } = this.#options;
    this.#state = "ended";
    this.#cancelWatch();
    media.close();
    if (!this.#hangsUpLater) core.calls.delete(dialog.key);
  }
}
