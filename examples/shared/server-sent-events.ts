import { WebRTCError } from "fastrtc";
import type { Service } from "./call-service.ts";

/**
 * The data of each server-sent event of a response while it comes.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @throws {WebRTCError} when the service hangs up in the middle.
 */
export async function* serverSentEvents(
  service: Service,
  response: Response,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  if (!response.body) return;
  let rest = "";
  try {
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data:")) yield line.slice("data:".length).trim();
    }
  } catch (error) {
    if (signal.aborted || error instanceof WebRTCError) throw error;
    throw new WebRTCError(`${service.name} hung up in the middle of its answer.`, { cause: error });
  }
}
