import { once } from "node:events";
import { WebRTCError } from "fastrtc";
import { WebSocket } from "ws";
import { type Service, complaintIn, refusal } from "./call-service.ts";

const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024;

export interface ServiceSocketOptions<Message> {
  readonly headers?: Record<string, string>;
  /** Closes it. */
  readonly signal: AbortSignal;
  /** Takes each message that the service sends. */
  readonly onMessage: (message: Message) => void;
}

/** A WebSocket to a service that speaks JSON, with whatever goes wrong in one sentence that the peer is shown. */
export class ServiceSocket {
  readonly #socket: WebSocket;
  readonly #closed: Promise<void>;

  private constructor(socket: WebSocket, closed: Promise<void>) {
    this.#socket = socket;
    this.#closed = closed;
  }

  /** @throws {WebRTCError} when the service turns it down or is not there. */
  static async open<Message>(
    service: Service,
    url: string,
    { headers = {}, signal, onMessage }: ServiceSocketOptions<Message>,
  ): Promise<ServiceSocket> {
    signal.throwIfAborted(); // An abort that was before would never close it.
    // The address may hold the key, and the error of one that is none quotes it.
    if (!URL.canParse(url)) throw new WebRTCError(`${service.name} cannot be reached: its address is none.`);
    const socket = new WebSocket(url, { headers, maxPayload: LARGEST_MESSAGE_BYTES, handshakeTimeout: 10_000 });
    const closed = new Promise<void>((resolve, reject) => {
      socket.on("message", (data: Buffer) => {
        try {
          onMessage(JSON.parse(data.toString("utf8")) as Message); // Gemini sends its JSON in binary messages.
        } catch (error) {
          reject(error);
          socket.terminate();
        }
      });
      socket.on("close", (code, reason) => {
        if (signal.aborted) resolve();
        else reject(new WebRTCError(`${service.name} closed the connection (${code}). ${reason.toString()}`.trim()));
      });
    });
    closed.catch(() => undefined); // It is told by untilClosed(); what keeps it from opening is told below.
    const refused = new Promise<never>((_resolve, reject) => {
      socket.on("error", (cause) =>
        reject(new WebRTCError(`${service.name} cannot be reached at ${new URL(url).host}.`, { cause })),
      );
      socket.once("unexpected-response", (_request, response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => (body += text));
        response.on("close", () => {
          reject(refusal(service, response.statusCode ?? 0, complaintIn(body)));
          socket.terminate();
        });
      });
    });
    refused.catch(() => undefined); // Errors after the opening: "close" follows each.
    signal.addEventListener("abort", () => socket.close(1000), { once: true });
    await Promise.race([once(socket, "open", { signal }), refused]);
    return new ServiceSocket(socket, closed);
  }

  /** Sends a message; one that comes after the end goes nowhere. */
  send(message: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /**
   * Resolves when this side has closed it.
   * @throws {WebRTCError} when the service closes it.
   */
  async untilClosed(): Promise<void> {
    await this.#closed;
  }
}
