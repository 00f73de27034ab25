import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { parseOfferRequest } from "../../src/protocol/offer-request.ts";
import type { CloseReason } from "../../src/session/close-reason.ts";
import type { PeerHandler } from "../../src/session/peer-handler.ts";
import { SessionRegistry } from "../../src/session/session-registry.ts";
import { Session } from "../../src/session/session.ts";
import type { MediaPlanOptions } from "../../src/transports/webrtc/media-plan.ts";
import { WebRtcSignalling } from "../../src/transports/webrtc/signalling.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

export interface SessionServerOptions extends Pick<MediaPlanOptions, "modality" | "mode"> {
  /** Makes each peer its handler. */
  readonly handler: () => PeerHandler;
}

/** WebRTC sessions on a server of their own, without a Stream around them. */
export class SessionServer implements AsyncDisposable {
  readonly logger = new RecordingLogger();
  readonly registry = new SessionRegistry(Infinity);
  /** Why sessions ended, in their order. */
  readonly endings: CloseReason[] = [];
  readonly #server: Server;

  private constructor({ modality, mode, handler }: SessionServerOptions) {
    const { logger, registry } = this;
    const signalling = new WebRtcSignalling({
      registry,
      createSession: (id) =>
        new Session({
          id,
          kind: "webrtc",
          handler: handler(),
          logger,
          onEnd: (session, reason) => {
            registry.leave(session);
            this.endings.push(reason);
          },
        }),
      rtcConfiguration: async () => null,
      modality,
      mode,
      allowExtraTracks: false,
      logger,
    });
    this.#server = createServer((request, response) => {
      if (request.method !== "POST") {
        response.setHeader("content-type", "text/html").end("<!doctype html><title>Call</title>");
        return;
      }
      text(request)
        .then(async (body) => signalling.handle(parseOfferRequest(JSON.parse(body))))
        .then(
          (reply) => response.end(JSON.stringify(reply)),
          (thrown: unknown) => response.writeHead(500).end(String(thrown)),
        );
    });
  }

  static async start(options: SessionServerOptions): Promise<SessionServer> {
    const server = new SessionServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.endAll("server-stopped");
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
