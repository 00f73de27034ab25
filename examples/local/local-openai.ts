import type { ServerResponse } from "node:http";
import { z } from "zod";
import { localAnswer, localTranscript, wordByWord } from "./local-answer.ts";
import {
  JSON_TYPE,
  type LocalRequest,
  type LocalService,
  hangsUp,
  keepReceived,
  startLocalServer,
} from "./local-server.ts";

const chatSchema = z.object({
  model: z.string(),
  stream: z.literal(true),
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
});

/** How OpenAI refuses. */
export const OPENAI_REFUSALS = {
  "wrong-key": {
    error: { message: "Incorrect API key provided.", type: "invalid_request_error", code: "invalid_api_key" },
  },
  "too-many-requests": {
    error: { message: "Rate limit reached for requests.", type: "requests", code: "rate_limit_exceeded" },
  },
};

/**
 * A stand-in for the parts of OpenAI's API that a voice chat needs: `POST /v1/chat/completions`, streamed, and
 * `POST /v1/audio/transcriptions` of a WAV file.
 * https://platform.openai.com/docs/api-reference/chat-streaming, https://platform.openai.com/docs/api-reference/audio
 */
export async function startLocalOpenAi(): Promise<LocalService> {
  return startLocalServer({
    basePath: "/v1",
    refusals: OPENAI_REFUSALS,
    async onRequest(service, request, response) {
      if (!request.headers.authorization?.startsWith("Bearer ")) {
        response.writeHead(401, JSON_TYPE).end(JSON.stringify(OPENAI_REFUSALS["wrong-key"]));
      } else if (request.url.pathname === "/v1/chat/completions") await complete(service, request, response);
      else if (request.url.pathname === "/v1/audio/transcriptions") await transcribe(service, request, response);
      else response.writeHead(404, JSON_TYPE).end(JSON.stringify({ error: { message: "Unknown request URL." } }));
    },
  });
}

async function complete(service: LocalService, { body }: LocalRequest, response: ServerResponse): Promise<void> {
  const asked = chatSchema.parse(JSON.parse(body.toString()));
  keepReceived(service, asked);
  const question = asked.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const send = (delta: object, finish: string | null): boolean =>
    response.write(
      `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", model: asked.model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  response.writeHead(200, { "content-type": "text/event-stream" });
  send({ role: "assistant", content: "" }, null);
  const breaksOff = hangsUp(service);
  let words = 0;
  for await (const word of wordByWord(localAnswer(question))) {
    if (response.destroyed) return; // The other side was interrupted.
    words += 1;
    if (words > 8 && breaksOff) return void response.destroy();
    send({ content: word }, null);
  }
  send({}, "stop");
  response.end("data: [DONE]\n\n");
}

async function transcribe(
  service: LocalService,
  { body, headers }: LocalRequest,
  response: ServerResponse,
): Promise<void> {
  const type = headers["content-type"] ?? "";
  // oxlint-disable-next-line typescript/no-deprecated -- it reads all into memory, which is what a stand-in may do
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  const file = form.get("file");
  const model = form.get("model");
  if (!(file instanceof Blob) || typeof model !== "string") {
    response.writeHead(400, JSON_TYPE).end(JSON.stringify({ error: { message: "file and model are required." } }));
    return;
  }
  const wav = Buffer.from(await file.arrayBuffer());
  const bytesPerSecond = wav.readUInt32LE(28);
  const text = service.heard ?? localTranscript((wav.length - 44) / bytesPerSecond);
  response.writeHead(200, JSON_TYPE).end(JSON.stringify({ text }));
}
