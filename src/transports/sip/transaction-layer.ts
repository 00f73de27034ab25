import type { Clock } from "../../async/clock.ts";
import { parseSipMessage } from "../../protocol/sip/parse-sip-message.ts";
import type { SipRequest, SipResponse } from "../../protocol/sip/sip-message.ts";
import { type Via, BRANCH_COOKIE, withSource, writeVia } from "../../protocol/sip/via.ts";
import {
  type HeaderLine,
  type SipBody,
  type SipReply,
  write,
  writeSipRequest,
  writeSipResponse,
} from "../../protocol/sip/write-sip-message.ts";
import type { Logger } from "../../session/logger.ts";
import { type ClientOutcome, ClientTransaction } from "./client-transaction.ts";
import { ServerTransaction } from "./server-transaction.ts";
import { SIP_PORT, type SipAddress } from "./sip-address.ts";

/** How many requests may be under way at once, of others and of ours; more are not taken. */
const MAX_TRANSACTIONS = 4096;

/** What is done with a request that begins something. */
export type Screening =
  | { readonly type: "accept" }
  /** No answer: whoever looks for open doors is not told that there is one. */
  | { readonly type: "ignore" }
  /** An answer of which nothing is remembered. */
  | { readonly type: "reply"; readonly reply: SipReply };

/** Who decides on requests. */
export interface TransactionUser {
  screen(request: SipRequest, source: SipAddress): Screening;
  /** Whether who sends from there is told of mistakes. */
  knows(source: SipAddress): boolean;
  /** A request came, once. */
  request(transaction: ServerTransaction): void;
  /** An ACK came that is none of a refusal: it belongs to a call. */
  acknowledged(request: SipRequest): void;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly uri: string;
  /** All but Via, Max-Forwards and what tells of the body. */
  readonly headers: readonly HeaderLine[];
  readonly body?: SipBody | undefined;
  readonly to: SipAddress;
  /** Our address, as the receiver reaches it. */
  readonly from: { readonly host: string; readonly port: number };
  /** Of the INVITE that a CANCEL takes back. @default a new one */
  readonly branch?: string;
  readonly onOutcome: (outcome: ClientOutcome) => void;
}

export interface TransactionLayerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly user: TransactionUser;
  readonly send: (bytes: Uint8Array, to: SipAddress, onFailure: (error: Error) => void) => void;
  /** So many random bytes as hexadecimal digits. */
  readonly random: (bytes: number) => string;
}

/** Sees to it that each request is taken once and answered, though the network loses and repeats messages (RFC 3261 §17). */
export class TransactionLayer {
  readonly #options: TransactionLayerOptions;
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #clients = new Map<string, ClientTransaction>();
  #onIdle: (() => void) | undefined;

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
  }

  /** Takes one message as it came. */
  receive(bytes: Uint8Array, source: SipAddress): void {
    const message = parseSipMessage(bytes);
    switch (message.type) {
      case "request": {
        const [first, ...others] = message.vias;
        this.#receiveRequest({ ...message, vias: [withSource(first, source), ...others] }, source);
        break;
      }
      case "response":
        this.#receiveResponse(message);
        break;
      case "invalid":
        this.#refuse(message, source);
        break;
      case "keep-alive":
        break;
    }
  }

  /** Sends a request; the branch by which a CANCEL can name it is returned. */
  request({ method, uri, headers, body, to, from, branch, onOutcome }: OutgoingRequest): string {
    const { clock, random, send } = this.#options;
    const newBranch = branch ?? `${BRANCH_COOKIE}${random(12)}`;
    const parameters = new Map([
      ["branch", newBranch],
      ["rport", ""],
    ]);
    const via: Via = { transport: to.transport.toUpperCase(), ...from, parameters };
    const lines: readonly HeaderLine[] = [["Via", writeVia(via)], ["Max-Forwards", "70"], ...headers];
    const key = `${newBranch} ${method}`;
    const transaction = new ClientTransaction({
      bytes: writeSipRequest({ method, uri }, lines, body),
      isInvite: method === "INVITE",
      isReliable: to.transport === "tcp",
      clock,
      send: (bytes) => send(bytes, to, (error) => transaction.fail(error)),
      acknowledge: (response) => writeSipRequest({ method: "ACK", uri }, acknowledgement(lines, response)),
      onOutcome,
      onEnd: () => this.#forget(this.#clients, key),
    });
    if (this.#clients.size >= MAX_TRANSACTIONS) {
      onOutcome({ type: "failed", error: new Error(`${MAX_TRANSACTIONS} requests wait for an answer`) });
      return newBranch;
    }
    this.#clients.set(key, transaction);
    transaction.start();
    return newBranch;
  }

  /** Sends an ACK to a success: a request that has no answer (RFC 3261 §13.2.2.4). */
  acknowledge({ uri, headers, body, to, from }: Omit<OutgoingRequest, "method" | "branch" | "onOutcome">): void {
    const { random, send, logger } = this.#options;
    const parameters = new Map([
      ["branch", `${BRANCH_COOKIE}${random(12)}`],
      ["rport", ""],
    ]);
    const via: Via = { transport: to.transport.toUpperCase(), ...from, parameters };
    const lines: readonly HeaderLine[] = [["Via", writeVia(via)], ["Max-Forwards", "70"], ...headers];
    const bytes = writeSipRequest({ method: "ACK", uri }, lines, body);
    send(bytes, to, (error) => logger.debug("an ACK could not be sent:", error));
  }

  /** Resolves when no request of ours waits for its answer. */
  async idle(): Promise<void> {
    if (!this.#isIdle) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  /** Forgets all that is under way. Harmless when repeated. */
  end(): void {
    for (const transaction of [...this.#servers.values(), ...this.#clients.values()]) transaction.end();
  }

  #receiveRequest(request: SipRequest, source: SipAddress): void {
    const key = serverKey(request, request.method === "ACK" ? "INVITE" : request.method);
    const known = this.#servers.get(key);
    const { user, clock, logger, send } = this.#options;
    if (request.method === "ACK") {
      if (known) known.acknowledged();
      else user.acknowledged(request);
      return;
    }
    if (known) {
      known.repeated();
      return;
    }
    const cancelled = request.method === "CANCEL" ? this.#servers.get(serverKey(request, "INVITE")) : undefined;
    const screening = cancelled ? { type: "accept" as const } : user.screen(request, source);
    if (screening.type === "ignore") return;
    const respond = (bytes: Uint8Array): void =>
      send(bytes, replyAddress(request.vias[0], source), (error) =>
        logger.debug("an answer could not be sent:", error),
      );
    if (screening.type === "reply") {
      respond(writeSipResponse(request, screening.reply));
      return;
    }
    if (this.#servers.size >= MAX_TRANSACTIONS) {
      respond(writeSipResponse(request, { status: 503, headers: [["Retry-After", "10"]] }));
      return;
    }
    const transaction = new ServerTransaction({
      request,
      source,
      clock,
      send: respond,
      onEnd: () => this.#forget(this.#servers, key),
    });
    this.#servers.set(key, transaction);
    if (request.method !== "CANCEL") {
      user.request(transaction);
      return;
    }
    // Both are answered, the one that cancels and the one that is cancelled (RFC 3261 §9.2).
    transaction.respond({ status: cancelled ? 200 : 481, toTag: this.#options.random(8) });
    if (cancelled?.isOpen) cancelled.onCancel();
  }

  #receiveResponse(response: SipResponse): void {
    const branch = response.vias[0].parameters.get("branch") ?? "";
    this.#clients.get(`${branch} ${response.cseq.method}`)?.receive(response);
    if (this.#onIdle && this.#isIdle) this.#onIdle();
  }

  get #isIdle(): boolean {
    return [...this.#clients.values()].every(({ isOpen }) => !isOpen);
  }

  #refuse(
    { reason, answer }: Extract<ReturnType<typeof parseSipMessage>, { type: "invalid" }>,
    source: SipAddress,
  ): void {
    const { logger, send, user } = this.#options;
    logger.debug(`a message of ${source.address} is no SIP: ${reason}`);
    if (!answer || !user.knows(source)) return;
    const { headers, via, status } = answer;
    const copied = ["from", "to", "call-id", "cseq"].flatMap((name) => {
      const value = headers.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const vias = headers
      .all("via")
      .slice(1)
      .map((value) => ["Via", value] as const);
    const lines: readonly HeaderLine[] = [["Via", writeVia(withSource(via, source))], ...vias, ...copied];
    const startLine = `SIP/2.0 ${status} ${status === 400 ? `Bad Request: ${reason}` : "Version Not Supported"}`;
    send(write(startLine, lines), replyAddress(via, source), (error) =>
      logger.debug("an answer could not be sent:", error),
    );
  }

  #forget(transactions: Map<string, unknown>, key: string): void {
    transactions.delete(key);
    if (this.#onIdle && this.#isIdle) this.#onIdle();
  }
}

/** What tells a request from others (RFC 3261 §17.2.3), also of those who make no unique branches. */
function serverKey({ vias, callId, cseq, from }: SipRequest, method: string): string {
  const [{ host, port, parameters }] = vias;
  const branch = parameters.get("branch") ?? "";
  const id = branch.startsWith(BRANCH_COOKIE)
    ? branch
    : `${branch} ${callId} ${cseq.sequence} ${from.parameters.get("tag") ?? ""}`;
  return `${id} ${host}:${port ?? SIP_PORT} ${method}`;
}

/** Where answers go (RFC 3261 §18.2.2, RFC 3581 §4). */
function replyAddress({ port, parameters }: Via, source: SipAddress): SipAddress {
  if (source.transport === "tcp" || parameters.has("rport")) return source;
  return { ...source, port: port ?? SIP_PORT };
}

/** The headers of an ACK to a refusal: those of the INVITE, with its one hop and the tag of who refused. */
function acknowledgement(lines: readonly HeaderLine[], response: SipResponse): HeaderLine[] {
  const kept = new Set(["via", "max-forwards", "from", "call-id", "route"]);
  return [
    ...lines.filter(([name]) => kept.has(name.toLowerCase())),
    ["To", response.headers.get("to") ?? ""],
    ["CSeq", `${response.cseq.sequence} ACK`],
  ];
}
