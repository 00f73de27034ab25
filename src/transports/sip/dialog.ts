import { writeNameAddress } from "../../protocol/sip/name-address.ts";
import { type SipRequest, type SipResponse, tagOf } from "../../protocol/sip/sip-message.ts";
import { parseNameAddress } from "../../protocol/sip/name-address.ts";
import { parseSipUri } from "../../protocol/sip/sip-uri.ts";
import type { HeaderLine } from "../../protocol/sip/write-sip-message.ts";
import { isIP } from "node:net";
import { SIP_PORT, type SipAddress, isPrivateAddress } from "./sip-address.ts";

/** How many hops a call's messages may be told to take. */
const MAX_ROUTES = 20;

interface DialogInit {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Our From, and the far end's To, as we write them. */
  readonly local: string;
  readonly remote: string;
  readonly remoteTarget: string;
  readonly routes: readonly string[];
  readonly localSequence: number;
  readonly remoteSequence: number;
  /** Where the far end's messages come from. */
  readonly peer: SipAddress;
}

/** What two sides of a call know of each other (RFC 3261 §12). */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly peer: SipAddress;
  readonly #local: string;
  readonly #remote: string;
  readonly #routes: readonly string[];
  #remoteTarget: string;
  #localSequence: number;
  #remoteSequence: number;

  private constructor(init: DialogInit) {
    this.callId = init.callId;
    this.localTag = init.localTag;
    this.remoteTag = init.remoteTag;
    this.peer = init.peer;
    this.#local = init.local;
    this.#remote = init.remote;
    this.#routes = init.routes.slice(0, MAX_ROUTES);
    this.#remoteTarget = init.remoteTarget;
    this.#localSequence = init.localSequence;
    this.#remoteSequence = init.remoteSequence;
  }

  /** Of a call that came in (§12.1.1). */
  static ofIncoming(request: SipRequest, localTag: string, peer: SipAddress): Dialog {
    const parameters = new Map([...request.to.parameters, ["tag", localTag]]);
    return new Dialog({
      callId: request.callId,
      localTag,
      remoteTag: tagOf(request.from) ?? "",
      local: writeNameAddress({ ...request.to, parameters }),
      remote: request.headers.get("from") ?? "",
      remoteTarget: contactOf(request) ?? request.from.uri,
      routes: request.headers.list("record-route"),
      localSequence: 0,
      remoteSequence: request.cseq.sequence,
      peer,
    });
  }

  /** Of a call that was made and answered (§12.1.2). */
  static ofOutgoing(
    response: SipResponse,
    { local, uri, peer }: { readonly local: string; readonly uri: string; readonly peer: SipAddress },
  ): Dialog {
    return new Dialog({
      callId: response.callId,
      localTag: tagOf(response.from) ?? "",
      remoteTag: tagOf(response.to) ?? "",
      local,
      remote: response.headers.get("to") ?? "",
      remoteTarget: contactOf(response) ?? uri,
      routes: response.headers.list("record-route").toReversed(),
      localSequence: response.cseq.sequence,
      remoteSequence: 0,
      peer,
    });
  }

  /** By which requests within it are found. */
  get key(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag);
  }

  /** Whether a request comes in its turn; it is taken for the last one then (§12.2.2). */
  follows(request: SipRequest): boolean {
    if (request.cseq.sequence <= this.#remoteSequence) return false;
    this.#remoteSequence = request.cseq.sequence;
    return true;
  }

  /** The far end says where it is now. */
  retarget(request: SipRequest): void {
    this.#remoteTarget = contactOf(request) ?? this.#remoteTarget;
  }

  /** The number of the next request of ours. */
  nextSequence(): number {
    this.#localSequence += 1;
    return this.#localSequence;
  }

  get target(): string {
    return this.#remoteTarget;
  }

  /** The headers of a request within it. */
  headers(method: string, sequence: number): HeaderLine[] {
    return [
      ...this.#routes.map((route): HeaderLine => ["Route", route]),
      ["From", this.#local],
      ["To", this.#remote],
      ["Call-ID", this.callId],
      ["CSeq", `${sequence} ${method}`],
    ];
  }

  /**
   * Where our requests go: to the first hop, or the far end itself, where that is an address that can be reached; otherwise, from behind
   * NAT or by a name, to where its messages come from.
   */
  get nextHop(): SipAddress {
    const uri = parseSipUri(parseNameAddress(this.#routes[0] ?? "")?.uri ?? this.#remoteTarget);
    if (!uri || uri.scheme === "sips" || isIP(uri.host) === 0 || uri.host === this.peer.address) return this.peer;
    if (isPrivateAddress(uri.host) && !isPrivateAddress(this.peer.address)) return this.peer;
    const transport = uri.parameters.get("transport")?.toLowerCase() === "tcp" ? "tcp" : "udp";
    return { transport, address: uri.host, port: uri.port ?? SIP_PORT };
  }
}

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

function contactOf(message: SipRequest | SipResponse): string | undefined {
  const [first = ""] = message.headers.list("contact");
  const uri = parseNameAddress(first)?.uri;
  return uri !== undefined && parseSipUri(uri) ? uri : undefined;
}
