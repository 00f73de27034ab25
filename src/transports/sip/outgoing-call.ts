import { FastRtcError } from "../../errors.ts";
import { parsePhoneDescription } from "../../protocol/sip/phone-description.ts";
import { type SipResponse, tagOf } from "../../protocol/sip/sip-message.ts";
import type { Session } from "../../session/session.ts";
import { AuthorizedRequest, type SipCredentials } from "./authorized-request.ts";
import type { CallMedia } from "./call-media.ts";
import type { ClientOutcome } from "./client-transaction.ts";
import { Dialog } from "./dialog.ts";
import { type CallSessions, headersOf } from "./incoming-call.ts";
import type { SipAddress } from "./sip-address.ts";
import { SipCall } from "./sip-call.ts";
import { ABILITIES, SDP_TYPE, type SipCore, type SipPlace } from "./sip-core.ts";
import { SipTransport } from "./sip-transport.ts";

export interface OutgoingCallOptions {
  readonly core: SipCore;
  readonly sessions: CallSessions;
  /** Who is called. */
  readonly uri: string;
  /** Who calls, as a From without its tag. */
  readonly from: string;
  readonly to: SipAddress;
  readonly place: SipPlace;
  readonly media: CallMedia;
  readonly credentials: SipCredentials | undefined;
  /** How long it may ring, in milliseconds. */
  readonly ringMs: number;
  readonly signal: AbortSignal | undefined;
}

/** An INVITE of ours until it is answered, refused or taken back (RFC 3261 §13.2). */
export class OutgoingCall {
  readonly #options: OutgoingCallOptions;
  readonly #local: string;
  readonly #callId: string;
  readonly #invite: AuthorizedRequest;
  readonly #answer: Promise<Session>;
  #resolve: (session: Session) => void = () => {};
  #reject: (error: FastRtcError) => void = () => {};
  #sequence = 0;
  #hasProvisional = false;
  /** Why it is taken back. */
  #cancelled: FastRtcError | undefined;
  #isCancelSent = false;
  #call: { readonly dialog: Dialog; readonly call: SipCall } | undefined;
  #cancelTimer: () => void = () => {};

  constructor(options: OutgoingCallOptions) {
    const { core, uri, from, to, place, media, credentials } = options;
    this.#options = options;
    this.#local = `${from};tag=${core.random(8)}`;
    this.#callId = core.random(16);
    this.#answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const sdp = media.offer();
    this.#invite = new AuthorizedRequest({
      core,
      method: "INVITE",
      uri,
      to,
      place,
      credentials,
      nextSequence: () => (this.#sequence += 1),
      headers: (sequence) => [
        ["From", this.#local],
        ["To", `<${uri}>`],
        ["Call-ID", this.#callId],
        ["CSeq", `${sequence} INVITE`],
        ["Contact", place.contact],
        ...ABILITIES,
      ],
      body: { contentType: SDP_TYPE, text: sdp },
      onOutcome: (outcome) => this.#settle(outcome),
    });
  }

  /**
   * Calls; resolves with its session when somebody answers.
   * @throws {FastRtcError} `call_failed`.
   */
  async answered(): Promise<Session> {
    const { core, ringMs, signal, media } = this.#options;
    const giveUp = (): void => this.#cancel(failed("The call was taken back before it was answered."));
    const seconds = Math.round(ringMs / 1000);
    this.#cancelTimer = core.clock.after(ringMs, () =>
      this.#cancel(failed(`Nobody answered within ${seconds} s: give more time with "ringMs", or try later.`)),
    );
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      this.#invite.start();
      if (signal?.aborted) giveUp();
      return await this.#answer;
    } catch (thrown) {
      media.close();
      throw thrown;
    } finally {
      this.#cancelTimer();
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #settle(outcome: ClientOutcome): void {
    if (outcome.type !== "response") {
      const why = outcome.type === "timeout" ? "its server does not answer" : outcome.error.message;
      this.#reject(this.#cancelled ?? failed(`${this.#options.uri} could not be called: ${why}.`));
      return;
    }
    const { response } = outcome;
    const { status, reason } = response;
    if (status < 200) {
      this.#hasProvisional = true;
      if (this.#cancelled) this.#sendCancel();
    } else if (status < 300) {
      this.#succeed(response);
    } else {
      const advice =
        status === 401 || status === 407 ? ': check "user" and "password"' : status === 486 ? ": the line is busy" : "";
      const refusal = failed(`${this.#options.uri} refused the call: ${status} ${reason}${advice}.`);
      this.#reject(this.#cancelled ?? refusal);
    }
  }

  #succeed(response: SipResponse): void {
    const { core, uri, to, place, media, sessions, credentials } = this.#options;
    const dialog = Dialog.ofOutgoing(response, { local: this.#local, uri, peer: to });
    const acknowledge = (): void =>
      core.layer.acknowledge({
        uri: dialog.target,
        headers: dialog.headers("ACK", response.cseq.sequence),
        to: dialog.nextHop,
        from: place,
      });
    acknowledge();
    // It came again, because our ACK was lost.
    if (this.#call?.dialog.key === dialog.key) return;
    const sdp = parsePhoneDescription(new TextDecoder().decode(response.body));
    const refuse = (error: FastRtcError): void => {
      this.#hangUp(dialog);
      this.#reject(error);
    };
    // Of several telephones that answered at once the first one counts (RFC 3261 §13.2.2.4).
    if (this.#call) this.#hangUp(dialog);
    else if (this.#cancelled) refuse(this.#cancelled);
    else if (tagOf(response.to) === undefined) refuse(failed(`${uri} answered without a tag, against RFC 3261.`));
    else if (typeof sdp === "string") refuse(failed(`${uri} answered, but ${sdp}.`));
    else if (!media.accept(sdp)) refuse(failed(`${uri} answered with none of the codecs that it was offered.`));
    else {
      const id = `sip-${core.random(16)}`;
      const admission = sessions.registry.admit(id, () => sessions.createSession(id, headersOf(response)));
      if (admission.type !== "admitted") {
        refuse(failed("All places were taken when the call was answered: raise concurrencyLimit."));
        return;
      }
      const { session } = admission;
      const call = new SipCall({ core, dialog, place, media, events: session, credentials });
      this.#call = { dialog, call };
      session.attach(new SipTransport(media, () => call.hangUp()));
      call.start();
      this.#resolve(session);
    }
  }

  /** Hangs a call up that never began. */
  #hangUp(dialog: Dialog): void {
    const { core, place, credentials } = this.#options;
    new AuthorizedRequest({
      core,
      method: "BYE",
      uri: dialog.target,
      to: dialog.nextHop,
      place,
      credentials,
      nextSequence: () => dialog.nextSequence(),
      headers: (sequence) => dialog.headers("BYE", sequence),
      onOutcome: () => {},
    }).start();
  }

  /** Takes it back: at once where the far end has said something, or else as soon as it does (RFC 3261 §9.1). */
  #cancel(why: FastRtcError): void {
    if (this.#call || this.#cancelled) return;
    this.#cancelled = why;
    if (this.#hasProvisional) this.#sendCancel();
    this.#reject(why);
  }

  #sendCancel(): void {
    if (this.#isCancelSent) return;
    this.#isCancelSent = true;
    const { core, uri, to, place } = this.#options;
    core.layer.request({
      method: "CANCEL",
      uri,
      headers: [
        ["From", this.#local],
        ["To", `<${uri}>`],
        ["Call-ID", this.#callId],
        ["CSeq", `${this.#invite.sequence} CANCEL`],
      ],
      to,
      from: place,
      branch: this.#invite.branch,
      onOutcome: () => {},
    });
  }
}

function failed(sentence: string): FastRtcError {
  return new FastRtcError("call_failed", sentence);
}
