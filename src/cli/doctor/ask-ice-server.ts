import { createHash, createHmac, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect as connectTcp, isIPv6 } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Clock, systemClock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { readStunMessage, type StunMessage } from "../../protocol/stun/stun-message.ts";
import {
  STUN_ATTRIBUTE,
  STUN_TYPE,
  stunAddress,
  stunAttribute,
  stunError,
  type StunRequest,
  writeStunRequest,
} from "../../protocol/stun/stun-request.ts";

/** A STUN or TURN server, and the way to it. */
export interface IceServerAddress {
  readonly scheme: "stun" | "stuns" | "turn" | "turns";
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
  readonly username: string;
  readonly credential: string;
}

/** What came of asking. */
export type IceServerReply =
  /** It sees this machine at the address, or relays for it there. */
  | { readonly type: "answered"; readonly address: string }
  | { readonly type: "refused"; readonly code: number; readonly reason: string }
  | { readonly type: "silent"; readonly why: string };

/** When to ask again over UDP, in milliseconds, and when to give up. */
const TRY_AT_MS = [0, 400, 1200];
const TIMEOUT_MS = 3000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** UDP, as IP numbers it. */
const RELAY_UDP = new Uint8Array([17, 0, 0, 0]);
const UNAUTHORIZED = 401;
const STALE_NONCE = 438;

/** A way to send requests and to hear answers. */
interface Line {
  ask(request: Omit<StunRequest, "transactionId">): Promise<{ bytes: Uint8Array; message: StunMessage } | undefined>;
  close(): void;
}

/** Asks a STUN server for this machine's address, or a TURN server for a relay, which is given back at once. */
export async function askIceServer(server: IceServerAddress, clock: Clock = systemClock): Promise<IceServerReply> {
  let line: Line | undefined;
  try {
    line = await (server.transport === "udp" ? udpLine(server, clock) : streamLine(server, clock));
    return await (server.scheme.startsWith("turn") ? allocate(line, server) : bind(line));
  } catch (thrown) {
    const error = toError(thrown);
    const isClosed = "code" in error && error.code === "ECONNREFUSED";
    return { type: "silent", why: isClosed ? "nothing listens there" : error.message };
  } finally {
    line?.close();
  }
}

const NO_ANSWER: IceServerReply = { type: "silent", why: `no answer within ${TIMEOUT_MS / 1000} s` };

async function bind(line: Line): Promise<IceServerReply> {
  const answer = await line.ask({ type: STUN_TYPE.bindingRequest, attributes: [] });
  if (!answer) return NO_ANSWER;
  const error = stunError(answer.bytes, answer.message);
  if (error) return { type: "refused", ...error };
  const address = stunAddress(answer.bytes, answer.message, STUN_ATTRIBUTE.mappedAddress);
  return { type: "answered", address: address ?? "an address of IPv6" };
}

/** RFC 8656 section 7, with the long-term credentials of RFC 8489 section 9.2. */
async function allocate(line: Line, { username, credential }: IceServerAddress): Promise<IceServerReply> {
  const wanted = [[STUN_ATTRIBUTE.requestedTransport, RELAY_UDP]] as const;
  let answer = await line.ask({ type: STUN_TYPE.allocateRequest, attributes: wanted });
  for (let attempt = 0; answer; attempt += 1) {
    const { bytes, message } = answer;
    const [realm, nonce] = [STUN_ATTRIBUTE.realm, STUN_ATTRIBUTE.nonce].map((type) =>
      stunAttribute(bytes, message, type),
    );
    const error = stunError(bytes, message);
    const mayAsk = attempt === 0 ? error?.code === UNAUTHORIZED : error?.code === STALE_NONCE && attempt === 1;
    if (error && (!mayAsk || !realm || !nonce)) return { type: "refused", ...error };
    if (!realm || !nonce || !error) {
      return { type: "answered", address: stunAddress(bytes, message, STUN_ATTRIBUTE.relayedAddress) ?? "IPv6" };
    }
    const text = new TextEncoder();
    const key = createHash("md5")
      .update(`${username}:${new TextDecoder().decode(realm)}:${credential}`)
      .digest();
    const signed = (type: number, attribute: readonly [number, Uint8Array]): Omit<StunRequest, "transactionId"> => ({
      type,
      attributes: [
        attribute,
        [STUN_ATTRIBUTE.username, text.encode(username)],
        [STUN_ATTRIBUTE.realm, realm],
        [STUN_ATTRIBUTE.nonce, nonce],
      ],
      signature: { key, hmacSha1: (hmacKey, data) => createHmac("sha1", hmacKey).update(data).digest() },
    });
    answer = await line.ask(signed(STUN_TYPE.allocateRequest, wanted[0]));
    if (answer?.message.type !== STUN_TYPE.allocateSuccess) continue;
    const address = stunAddress(answer.bytes, answer.message, STUN_ATTRIBUTE.relayedAddress) ?? "an address of IPv6";
    await line.ask(signed(STUN_TYPE.refreshRequest, [STUN_ATTRIBUTE.lifetime, new Uint8Array(4)]));
    return { type: "answered", address };
  }
  return NO_ANSWER;
}

async function udpLine({ host, port }: IceServerAddress, clock: Clock): Promise<Line> {
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  const waiting = new Waiting();
  socket.on("message", (bytes) => waiting.heard(bytes));
  socket.on("error", (error) => waiting.fail(error));
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, host, resolve);
  });
  return {
    ask: (request) =>
      waiting.ask(
        request,
        clock,
        (bytes) => TRY_AT_MS.map((ms) => clock.after(ms, () => socket.send(bytes, () => undefined))), // What is lost is asked again.
      ),
    close: () => socket.close(),
  };
}

async function streamLine({ host, port, transport }: IceServerAddress, clock: Clock): Promise<Line> {
  const socket =
    transport === "tls"
      ? connectTls({ host, port, servername: isHostName(host) ? host : "" })
      : connectTcp({ host, port });
  const waiting = new Waiting();
  await new Promise<void>((resolve, reject) => {
    const cancel = clock.after(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    socket.once("error", reject);
    socket.once(transport === "tls" ? "secureConnect" : "connect", resolve);
    socket.once("close", cancel);
    socket.once(transport === "tls" ? "secureConnect" : "connect", cancel);
  });
  let buffered = Buffer.alloc(0);
  socket.on("error", (error: Error) => waiting.fail(error));
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    if (buffered.length > MAX_ANSWER_BYTES) socket.destroy();
    while (buffered.length >= 20 && buffered.length >= 20 + buffered.readUInt16BE(2)) {
      const length = 20 + buffered.readUInt16BE(2);
      waiting.heard(buffered.subarray(0, length));
      buffered = buffered.subarray(length);
    }
  });
  return {
    ask: (request) =>
      waiting.ask(request, clock, (bytes) => {
        socket.write(bytes);
        return [];
      }),
    close: () => socket.destroy(),
  };
}

function isHostName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !isIPv6(host);
}

/** The one request that waits for its answer. */
class Waiting {
  #settle: ((bytes: Uint8Array | undefined) => void) | undefined;
  #transactionId = new Uint8Array();
  #error: Error | undefined;

  /** @throws {Error} when the line breaks. */
  async ask(
    request: Omit<StunRequest, "transactionId">,
    clock: Clock,
    send: (bytes: Uint8Array) => readonly (() => void)[],
  ): Promise<{ bytes: Uint8Array; message: StunMessage } | undefined> {
    this.#transactionId = randomBytes(12);
    const answered = new Promise<Uint8Array | undefined>((resolve) => (this.#settle = resolve));
    const timeout = clock.after(TIMEOUT_MS, () => this.#settle?.(undefined));
    const cancels = send(writeStunRequest({ ...request, transactionId: this.#transactionId }));
    const bytes = this.#error ? undefined : await answered;
    for (const cancel of [...cancels, timeout]) cancel();
    if (this.#error) throw this.#error;
    const message = bytes && readStunMessage(bytes);
    return bytes && message && { bytes, message };
  }

  heard(bytes: Uint8Array): void {
    if (Buffer.compare(bytes.subarray(8, 20), this.#transactionId) === 0) this.#settle?.(bytes);
  }

  /** Over UDP this is a port that nobody listens at. */
  fail(error: Error): void {
    this.#error = error;
    this.#settle?.(undefined);
  }
}
