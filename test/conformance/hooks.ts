import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { FastRtcError, type Stream } from "fastrtc";
import { z } from "zod";
import { sayStopWords } from "./turn-handlers.ts";

const inputsSchema = z.object({ stream: z.string(), webrtc_id: z.string(), inputs: z.array(z.unknown()) });

/**
 * What an application adds to its streams: `POST /input_hook`, `GET /outputs`, and `POST /stopword/say` with the words that the
 * stand-in for speech to text is to hear. False for any other request.
 */
export async function answerHook(
  streams: ReadonlyMap<string, Stream>,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams }: Pick<URL, "pathname" | "searchParams">,
): Promise<boolean> {
  if (pathname === "/input_hook" && request.method === "POST") {
    const { status, error } = await setInput(streams, await text(request));
    response.writeHead(status, { "content-type": "application/json" }).end(error && JSON.stringify({ error }));
    return true;
  }
  if (pathname === "/stopword/say" && request.method === "POST") {
    sayStopWords(await text(request));
    response.writeHead(204).end();
    return true;
  }
  if (pathname === "/outputs") {
    await sendOutputs(
      streamAt(streams, searchParams.get("stream") ?? ""),
      searchParams.get("webrtc_id") ?? "",
      response,
    );
    return true;
  }
  return false;
}

async function setInput(
  streams: ReadonlyMap<string, Stream>,
  body: string,
): Promise<{ status: number; error?: string }> {
  try {
    const { stream: path, webrtc_id: id, inputs } = inputsSchema.parse(JSON.parse(body));
    const stream = streamAt(streams, path);
    if (!stream) return { status: 404, error: `There is no stream ${path}.` };
    // What the inputs are only the stream knows, and checks.
    stream.setInput(id, ...inputs);
    return { status: 204 };
  } catch (error) {
    return { status: 422, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Server-sent events, one for each `AdditionalOutputs`: the JSON of its values. */
async function sendOutputs(stream: Stream | undefined, id: string, response: ServerResponse): Promise<void> {
  if (!stream) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).flushHeaders();
  const outputs = stream.outputStream(id);
  response.once("close", () => void outputs.return?.(undefined));
  try {
    for await (const { args } of outputs) response.write(`data: ${JSON.stringify(args)}\n\n`);
  } catch (error) {
    if (!(error instanceof FastRtcError)) throw error;
    response.write(`event: error\ndata: ${JSON.stringify(error.message)}\n\n`); // Nobody of that id has come.
  }
  response.end();
}

/** The stream at a path, with or without its slash. */
function streamAt(streams: ReadonlyMap<string, Stream>, path: string): Stream | undefined {
  return streams.get(`/${path.replace(/^\//, "")}`);
}
