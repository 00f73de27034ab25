import type { WebSocket } from "ws";
import { z } from "zod";
import { localAnswer, localTranscript } from "./local-answer.ts";
import { LocalEar } from "./local-ear.ts";
import { OPENAI_REFUSALS } from "./local-openai.ts";
import { type LocalService, hangsUp, keepReceived, startLocalServer } from "./local-server.ts";
import { fromBase64, localVoice, toBase64 } from "./local-voice.ts";

const SAMPLE_RATE = 24_000;
const pcmSchema = z.object({ format: z.object({ type: z.literal("audio/pcm"), rate: z.literal(SAMPLE_RATE) }) });

const clientEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("session.update"),
    session: z.object({ type: z.literal("realtime"), audio: z.object({ input: pcmSchema, output: pcmSchema }) }),
  }),
  z.object({ type: z.literal("input_audio_buffer.append"), audio: z.base64() }),
  z.object({
    type: z.literal("conversation.item.truncate"),
    item_id: z.string(),
    content_index: z.literal(0),
    audio_end_ms: z.int().min(0),
  }),
]);

/**
 * A stand-in for OpenAI's Realtime API over WebSocket, with its voice detection, its transcripts, and its interruption.
 * https://developers.openai.com/api/reference/resources/realtime/server-events
 */
export async function startLocalOpenAiRealtime(): Promise<LocalService> {
  return startLocalServer({
    basePath: "/v1",
    refusals: OPENAI_REFUSALS,
    onSocket: (service, socket) => void new RealtimeConversation(service, socket),
  });
}

class RealtimeConversation {
  readonly #service: LocalService;
  readonly #socket: WebSocket;
  readonly #ear = new LocalEar(SAMPLE_RATE);
  /** How long each answer is, by its item, in milliseconds. */
  readonly #answersMs = new Map<string, number>();
  #response: AbortController | undefined;
  #count = 0;
  #turnId = "";

  constructor(service: LocalService, socket: WebSocket) {
    this.#service = service;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#take(data.toString()));
    socket.on("close", () => this.#response?.abort());
    this.#send({ type: "session.created", session: { type: "realtime", object: "realtime.session" } });
  }

  #take(text: string): void {
    const parsed = clientEventSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return this.#error(`Invalid event: ${z.prettifyError(parsed.error)}`);
    const event = parsed.data;
    switch (event.type) {
      case "session.update":
        keepReceived(this.#service, event);
        return this.#send({ type: "session.updated", session: event.session });
      case "input_audio_buffer.append":
        return this.#hear(fromBase64(event.audio));
      case "conversation.item.truncate": {
        keepReceived(this.#service, event);
        const lengthMs = this.#answersMs.get(event.item_id);
        if (lengthMs === undefined) return this.#error(`Item with item_id not found: ${event.item_id}`);
        if (event.audio_end_ms > lengthMs) {
          return this.#error(`Audio content of ${lengthMs}ms is already shorter than ${event.audio_end_ms}ms`);
        }
        return this.#send({ ...event, type: "conversation.item.truncated" });
      }
    }
  }

  #hear(samples: Int16Array): void {
    const change = this.#ear.push(samples);
    if (change === "started") {
      this.#turnId = this.#newId("item");
      this.#send({ type: "input_audio_buffer.speech_started", audio_start_ms: 0, item_id: this.#turnId });
      this.#response?.abort(); // interrupt_response, which is on unless one says otherwise.
    } else if (change === "stopped") {
      const { heard = localTranscript(this.#ear.turnSeconds) } = this.#service;
      this.#send({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 0, item_id: this.#turnId });
      this.#send({ type: "input_audio_buffer.committed", previous_item_id: null, item_id: this.#turnId });
      this.#send({
        type: "conversation.item.input_audio_transcription.completed",
        item_id: this.#turnId,
        content_index: 0,
        transcript: heard,
      });
      void this.#answer(localAnswer(heard));
    }
  }

  async #answer(text: string): Promise<void> {
    const response = new AbortController();
    this.#response = response;
    const id = this.#newId("resp");
    const part = { response_id: id, item_id: this.#newId("item"), output_index: 0, content_index: 0 };
    this.#send({ type: "response.created", response: { id, status: "in_progress" } });
    const breaksOff = hangsUp(this.#service);
    let sentMs = 0;
    let status = "completed";
    try {
      for await (const samples of localVoice(text, response.signal)) {
        sentMs += (samples.length * 1000) / SAMPLE_RATE;
        this.#answersMs.set(part.item_id, Math.floor(sentMs));
        this.#send({ type: "response.output_audio.delta", ...part, delta: toBase64(samples) });
        if (sentMs >= 1000 && breaksOff) {
          this.#socket.close(1011, "The server had an error.");
          return;
        }
      }
    } catch (error) {
      status = "cancelled";
      if (!response.signal.aborted) this.#error((error as Error).message);
    }
    this.#send({ type: "response.output_audio.done", ...part });
    this.#send({ type: "response.output_audio_transcript.done", ...part, transcript: text });
    this.#send({ type: "response.done", response: { id, status } });
  }

  #error(message: string): void {
    this.#send({ type: "error", error: { type: "invalid_request_error", code: null, message, param: null } });
  }

  #send(event: object): void {
    const eventId = this.#newId("event");
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(JSON.stringify({ event_id: eventId, ...event }));
    }
  }

  #newId(kind: string): string {
    this.#count += 1;
    return `${kind}_${this.#count}`;
  }
}
