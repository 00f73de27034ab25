import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";

/** How loud the sound is that is sent, as a byte of mu-law; silence is 0xff. */
const LOUD = 0x8f;
const PACKET_BYTES = 12 + 160;

/** One packet of echo: its number, and when it came after it was due, in milliseconds from an arbitrary zero of its call. */
export interface EchoPacket {
  readonly number: number;
  readonly transitMs: number;
}

/** The sound of one telephone call: 50 packets a second out, and what comes back. */
export class ToneCaller implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #packet = Buffer.alloc(PACKET_BYTES, LOUD);
  #peer: { readonly port: number; readonly address: string } | undefined;
  #sent = 0;
  #echo: EchoPacket[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#packet.writeUInt16BE(0x8000, 0);
    this.#packet.writeUInt32BE(socket.address().port, 8);
    socket.on("message", (bytes, from) => {
      this.#peer ??= { port: from.port, address: from.address };
      if (bytes.length !== PACKET_BYTES || bytes[92] === 0xff) return;
      this.#echo.push({ number: bytes.readUInt16BE(2), transitMs: performance.now() - bytes.readUInt32BE(4) / 8 });
    });
  }

  static async open(): Promise<ToneCaller> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new ToneCaller(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Whether the far end has said something, so that it is known where to send. */
  get isConnected(): boolean {
    return this.#peer !== undefined;
  }

  /** Sends to this port, before anything came from there. */
  talkTo(port: number): void {
    this.#peer = { port, address: "127.0.0.1" };
  }

  /** Sends 20 ms. */
  send(): void {
    if (!this.#peer) return;
    this.#packet.writeUInt16BE(this.#sent & 0xffff, 2);
    this.#packet.writeUInt32BE((this.#sent * 160) >>> 0, 4);
    this.#sent += 1;
    this.#socket.send(Buffer.from(this.#packet), this.#peer.port, this.#peer.address);
  }

  /** What came back since the last call of this. */
  takeEcho(): readonly EchoPacket[] {
    const echo = this.#echo;
    this.#echo = [];
    return echo;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
