import { createServer } from "node:http";
import { EchoSession } from "./echo-session.ts";

/** The passthrough server as a process of its own: PORT, HOST and PLAIN from the environment, the offer route of PROTOCOL.md. */
const port = Number(process.env["PORT"]);
const host = process.env["HOST"] ?? "127.0.0.1";
const asksForNoDelay = process.env["PLAIN"] === undefined;
const sessions = new Map<string, EchoSession>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const reply = (body: unknown): void => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(body));
    };
    if (request.method === "GET") return reply({ status: "ok", sessions: sessions.size });
    handleOffer(JSON.parse(Buffer.concat(chunks).toString()) as OfferBody).then(reply, (error: unknown) => {
      response.statusCode = 400;
      reply({ status: "failed", meta: { error: "bad_offer", message: String(error) } });
    });
  });
});
server.listen(port, host, () => console.log(`Listening on http://${host}:${port}`));
process.on("SIGTERM", () => process.exit(0));

interface OfferBody {
  readonly webrtc_id: string;
  readonly type: string;
  readonly sdp?: string;
  readonly candidate?: { readonly candidate: string };
}

async function handleOffer(body: OfferBody): Promise<unknown> {
  const id = body.webrtc_id;
  if (body.type === "ice-candidate") {
    const candidate = body.candidate?.candidate;
    if (candidate) sessions.get(id)?.addCandidate(candidate);
    return { status: "success" };
  }
  const session = new EchoSession(asksForNoDelay, () => sessions.delete(id));
  sessions.set(id, session);
  return { type: "answer", sdp: await session.answer(body.sdp ?? "") };
}
