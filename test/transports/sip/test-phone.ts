import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { parseSipMessage } from "../../../src/protocol/sip/parse-sip-message.ts";
import type { SipRequest, SipResponse } from "../../../src/protocol/sip/sip-message.ts";
import { type RtpPacket, parseRtpPacket, serializeRtpPacket } from "../../../src/rtp/packet.ts";

/** A telephone, or a server of SIP, of a test's own: says what it is told to, and keeps what it hears. */
export class TestPhone implements AsyncDisposable {
  readonly #sip: Socket;
  readonly #rtp: Socket;
  readonly #heard: (SipRequest | SipResponse)[] = [];
  readonly packets: RtpPacket[] = [];
  #wake: () => void = () => {};
  /** The server's. */
  peer: { readonly port: number; readonly address: string } = { port: 0, address: "127.0.0.1" };
  #sequence = 0;
  #sent = 0;

  private constructor(sip: Socket, rtp: Socket) {
    this.#sip = sip;
    this.#rtp = rtp;
    sip.on("message", (bytes, from) => {
      const message = parseSipMessage(bytes);
      this.peer = from;
      if (message.type === "request" || message.type === "response") this.#heard.push(message);
      this.#wake();
    });
    rtp.on("message", (bytes) => {
      const packet = parseRtpPacket(bytes);
      if (packet) this.packets.push(packet);
      this.#wake();
    });
  }

  static async open(server?: number): Promise<TestPhone> {
    const sockets = [createSocket("udp4"), createSocket("udp4")] as const;
    for (const socket of sockets) {
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
    }
    const phone = new TestPhone(...sockets);
    if (server !== undefined) phone.peer = { port: server, address: "127.0.0.1" };
    return phone;
  }

  get port(): number {
    return this.#sip.address().port;
  }

  get rtpPort(): number {
    return this.#rtp.address().port;
  }

  sdp(direction = "sendrecv", codec = "0 101"): string {
    return [
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "c=IN IP4 127.0.0.1",
      "t=0 0",
      `m=audio ${this.rtpPort} RTP/AVP ${codec}`,
      "a=rtpmap:101 telephone-event/8000",
      `a=${direction}`,
      "",
    ].join("\r\n");
  }

  /** Sends lines, with a body and its length. */
  say(lines: readonly string[], body = ""): void {
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const text = [...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
    this.#sip.send(text, this.peer.port, this.peer.address);
  }

  /** Asks for something; of a call where one is given. */
  ask(method: string, { body = "", headers = [], call, sequence }: AskOptions = {}): string {
    this.#sequence += 1;
    const number = sequence ?? this.#sequence;
    const branch = `z9hG4bK-${this.port}-${this.#sequence}`;
    this.say(
      [
        `${method} sip:fastrtc@127.0.0.1 SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=${branch};rport`,
        "Max-Forwards: 70",
        `From: "Ann" <sip:ann@127.0.0.1:${this.port}>;tag=ann`,
        `To: ${call?.headers.get("to") ?? "<sip:fastrtc@127.0.0.1>"}`,
        `Call-ID: ${call?.callId ?? `call-${this.port}`}`,
        `CSeq: ${number} ${method}`,
        `Contact: <sip:ann@127.0.0.1:${this.port}>`,
        ...headers,
      ],
      body,
    );
    return branch;
  }

  /** Takes back what was asked last. */
  cancel(branch: string): void {
    this.say([
      "CANCEL sip:fastrtc@127.0.0.1 SIP/2.0",
      `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=${branch};rport`,
      `From: "Ann" <sip:ann@127.0.0.1:${this.port}>;tag=ann`,
      "To: <sip:fastrtc@127.0.0.1>",
      `Call-ID: call-${this.port}`,
      `CSeq: ${this.#sequence} CANCEL`,
    ]);
  }

  /** Answers a request. */
  answer(request: SipRequest, line: string, { body = "", headers = [] }: AskOptions = {}): void {
    const copied = (name: string): string => `${name}: ${request.headers.get(name.toLowerCase()) ?? ""}`;
    const to = copied("To");
    this.say(
      [
        `SIP/2.0 ${line}`,
        ...request.headers.all("via").map((via) => `Via: ${via}`),
        copied("From"),
        to.includes(";tag=") || line.startsWith("100") ? to : `${to};tag=far`,
        copied("Call-ID"),
        copied("CSeq"),
        ...headers,
      ],
      body,
    );
  }

  /** The next message with this status or method, whatever comes before it. */
  async hear(what: number): Promise<SipResponse>;
  async hear(what: string): Promise<SipRequest>;
  async hear(what: number | string): Promise<SipResponse | SipRequest> {
    for (;;) {
      const index = this.#heard.findIndex((one) => (one.type === "request" ? one.method : one.status) === what);
      const found = this.#heard[index];
      if (found) {
        this.#heard.splice(0, index + 1);
        return found;
      }
      await this.#news();
    }
  }

  /** Resolves when so many packets of sound have come that fit. */
  async hearSound(count: number, fits: (packet: RtpPacket) => boolean = () => true): Promise<RtpPacket[]> {
    for (;;) {
      const fitting = this.packets.filter(fits);
      if (fitting.length >= count) return fitting;
      await this.#news();
    }
  }

  /** Sends 20 ms of sound. */
  sound(payload: Uint8Array, to: number, payloadType = 0): void {
    const number = (this.#sent += 1);
    const bytes = serializeRtpPacket({
      sequenceNumber: number,
      timestamp: number * 160,
      ssrc: this.rtpPort,
      payloadType,
      payload,
    });
    this.#rtp.send(bytes, to, "127.0.0.1");
  }

  /** Calls, and is answered. */
  async call(options: AskOptions = {}): Promise<{ readonly call: SipResponse; readonly rtp: number }> {
    this.ask("INVITE", { body: this.sdp(), ...options });
    const call = await this.hear(200);
    this.ask("ACK", { call, sequence: call.cseq.sequence });
    return { call, rtp: rtpPortOf(call) };
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [this.#sip, this.#rtp].map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }
}

interface AskOptions {
  readonly body?: string;
  readonly headers?: readonly string[];
  readonly call?: SipResponse;
  readonly sequence?: number;
}

/** The port for sound in a description. */
export function rtpPortOf({ body }: { readonly body: Uint8Array }): number {
  return Number(/m=audio (\d+)/.exec(Buffer.from(body).toString())?.[1]);
}
