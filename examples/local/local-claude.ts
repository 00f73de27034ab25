import { z } from "zod";
import { localAnswer, wordByWord } from "./local-answer.ts";
import { JSON_TYPE, type LocalService, hangsUp, keepReceived, startLocalServer } from "./local-server.ts";

const messagesSchema = z.object({
  model: z.string(),
  max_tokens: z.int().min(1),
  stream: z.literal(true),
  system: z.string().optional(),
  messages: z.array(z.object({ role: z.enum(["user", "assistant"]), content: z.string().min(1) })).min(1),
});

const refusal = (type: string, message: string): object => ({ type: "error", error: { type, message } });
const REFUSALS = {
  "wrong-key": refusal("authentication_error", "invalid x-api-key"),
  "too-many-requests": refusal("rate_limit_error", "This request would exceed your organization's rate limit."),
};

/**
 * A stand-in for Claude's Messages API, streamed: `POST /v1/messages`.
 * https://platform.claude.com/docs/en/build-with-claude/streaming, https://platform.claude.com/docs/en/api/errors
 */
export async function startLocalClaude(): Promise<LocalService> {
  return startLocalServer({
    refusals: REFUSALS,
    async onRequest(service, { url, headers, body }, response) {
      if (url.pathname !== "/v1/messages" || headers["anthropic-version"] === undefined) {
        response.writeHead(404, JSON_TYPE).end(JSON.stringify(refusal("not_found_error", "Not found")));
        return;
      }
      if (headers["x-api-key"] === undefined) {
        response.writeHead(401, JSON_TYPE).end(JSON.stringify(REFUSALS["wrong-key"]));
        return;
      }
      const parsed = messagesSchema.safeParse(JSON.parse(body.toString()));
      if (!parsed.success) {
        response
          .writeHead(400, JSON_TYPE)
          .end(JSON.stringify(refusal("invalid_request_error", z.prettifyError(parsed.error))));
        return;
      }
      keepReceived(service, parsed.data);
      const { model, messages } = parsed.data;
      const send = (event: { type: string } & Record<string, unknown>): boolean =>
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      response.writeHead(200, { "content-type": "text/event-stream" });
      send({ type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", content: [], model } });
      send({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
      send({ type: "ping" });
      const breaksOff = hangsUp(service);
      let words = 0;
      for await (const text of wordByWord(localAnswer(messages.at(-1)?.content ?? ""))) {
        if (response.destroyed) return; // The other side was interrupted.
        words += 1;
        if (words > 8 && breaksOff) {
          send({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } });
          response.end();
          return;
        }
        send({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
      }
      send({ type: "content_block_stop", index: 0 });
      send({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null } });
      send({ type: "message_stop" });
      response.end();
    },
  });
}
