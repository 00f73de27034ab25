import { WebSocket } from "ws";

/** What a client asks for in its `start`. */
export interface AskedFormat {
  readonly encoding: "mulaw" | "pcm16" | "opus";
  readonly sample_rate: number;
  readonly channels?: 1 | 2;
}

/** A client of `websocket/offer` over a real connection. */
export class WebSocketClient implements Disposable {
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[] = [];
  readonly binaries: Buffer[] = [];
  closedWith: number | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.binaries.push(data);
      else this.messages.push(JSON.parse(data.toString()) as Record<string, unknown>);
    });
    socket.on("close", (code) => (this.closedWith = code));
    socket.on("error", () => undefined); // A connection that the server cuts off; `closedWith` tells.
  }

  /** @param origin As "http://127.0.0.1:1234/path". */
  static async connect(origin: string): Promise<WebSocketClient> {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/websocket/offer`);
    const client = new WebSocketClient(socket);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return client;
  }

  /** Says `start`, and waits for the answer where a format was asked for. */
  async start(id: string, media?: AskedFormat): Promise<void> {
    this.send({ event: "start", websocket_id: id, ...(media && { media }) });
    if (!media) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.messages.some(({ event }) => event === "start")) return;
        this.socket.off("message", look);
        resolve();
      };
      this.socket.on("message", look);
      look();
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends sound as FastRTC's clients do. */
  sendMuLaw(bytes: Uint8Array): void {
    this.send({ event: "media", media: { payload: Buffer.from(bytes).toString("base64") } });
  }

  /** The payloads of the `media` messages that came, joined. */
  get heard(): Buffer {
    return Buffer.concat(
      this.messages
        .filter(({ event }) => event === "media")
        .map(({ media }) => Buffer.from((media as { payload: string }).payload, "base64")),
    );
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}
