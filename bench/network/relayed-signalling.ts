import { networkInterfaces } from "node:os";
import { z } from "zod";
import { type CandidateAddress, firstHostCandidate, withOnlyCandidate } from "./rewrite-candidates.ts";

/** What a relay does for a connection that is being made. */
export interface PathOpener {
  /** Opens a path; resolves to the ports that client and server are to send to. */
  open(): Promise<{ readonly path: number; readonly clientPort: number; readonly serverPort: number }>;
  /** Says where the server of a path is. */
  connect(path: number, server: CandidateAddress): Promise<void>;
}

const offerSchema = z.looseObject({ type: z.literal("offer"), sdp: z.string() });
const candidateSchema = z.looseObject({ type: z.literal("ice-candidate") });
const answerSchema = z.looseObject({ type: z.literal("answer"), sdp: z.string() });

/**
 * Stands between a browser's posts to `webrtc/offer` and the server, and writes the relay's addresses into offers and answers,
 * so that neither side knows another way to the other. Candidates that come later are taken and thrown away.
 */
export class RelayedSignalling {
  readonly #relay: PathOpener;

  constructor(relay: PathOpener) {
    this.#relay = relay;
  }

  /** Answers a post in the server's place, asking `ask` where the server has to be asked. */
  async handle(body: unknown, ask: (body: unknown) => Promise<unknown>): Promise<unknown> {
    if (candidateSchema.safeParse(body).success) return { status: "success" };
    const offer = offerSchema.parse(body);
    const { path, clientPort, serverPort } = await this.#relay.open();
    const relayed = { ...offer, sdp: withOnlyCandidate(offer.sdp, { address: ownAddress(), port: serverPort }) };
    const reply = await ask(relayed);
    const answer = answerSchema.safeParse(reply);
    if (!answer.success) return reply;
    const server = firstHostCandidate(answer.data.sdp);
    if (!server) throw new Error(`The answer has no candidate over UDP and IPv4:\n${answer.data.sdp}`);
    await this.#relay.connect(path, server);
    return { ...answer.data, sdp: withOnlyCandidate(answer.data.sdp, { address: server.address, port: clientPort }) };
  }
}

/** An address of this machine, for which the relay's sockets listen as for any other. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
