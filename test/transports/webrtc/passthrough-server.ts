import { type IncomingMessage, createServer } from "node:http";
import type { CandidateJson } from "../../../src/protocol/sdp/candidate.ts";
import { PassthroughPeer, type PassthroughPeerOptions } from "./passthrough-peer.ts";

/** A page's origin that answers one offer after another with a `PassthroughPeer`. */
export interface PassthroughServer extends AsyncDisposable {
  readonly url: string;
  readonly peers: PassthroughPeer[];
  /** What pages have posted to `/done`. */
  readonly reports: unknown[];
}

/**
 * Serves `page` at `/` on loopback; `POST /offer` takes the text of an SDP and returns the answer's, `POST /candidate` takes
 * `RTCIceCandidate.toJSON()` for the newest peer.
 */
export async function startPassthroughServer(
  page: string,
  options: (offer: string) => PassthroughPeerOptions = () => ({}),
): Promise<PassthroughServer> {
  const peers: PassthroughPeer[] = [];
  const reports: unknown[] = [];
  const server = createServer((request, response) => {
    const answer = async (): Promise<string> => {
      if (request.method !== "POST") return page;
      const body = await text(request);
      if (request.url === "/offer") {
        const peer = new PassthroughPeer(body, { bindAddress: "127.0.0.1", ...options(body) });
        peers.push(peer);
        return peer.answer;
      }
      if (request.url === "/candidate") peers.at(-1)?.addCandidate(JSON.parse(body) as CandidateJson);
      if (request.url === "/done") reports.push(JSON.parse(body));
      return "";
    };
    answer().then(
      (body) => response.setHeader("content-type", "text/html").end(body),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    peers,
    reports,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(peers.map((peer) => peer.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}
