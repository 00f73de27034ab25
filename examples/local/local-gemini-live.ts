import type { WebSocket } from "ws";
import { z } from "zod";
import { localAnswer, localTranscript } from "./local-answer.ts";
import { LocalEar } from "./local-ear.ts";
import { type LocalService, hangsUp, keepReceived, startLocalServer } from "./local-server.ts";
import { fromBase64, localVoice, toBase64 } from "./local-voice.ts";

const PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

const setupSchema = z.object({
  setup: z.object({
    model: z.string().startsWith("models/"),
    generationConfig: z.object({ responseModalities: z.tuple([z.literal("AUDIO")]) }),
  }),
});
const realtimeInputSchema = z.object({
  realtimeInput: z.union([
    z.object({ audio: z.object({ data: z.base64(), mimeType: z.literal("audio/pcm;rate=16000") }) }),
    z.object({ video: z.object({ data: z.base64(), mimeType: z.literal("image/jpeg") }) }),
  ]),
});

const refusal = (code: number, message: string, status: string): object => ({ error: { code, message, status } });

/**
 * A stand-in for Gemini's Live API over WebSocket. As Gemini does, it sends its JSON in binary messages, and says in the closing of the
 * connection what it does not like.
 * https://ai.google.dev/api/live
 */
export async function startLocalGeminiLive(): Promise<LocalService> {
  return startLocalServer({
    refusals: {
      "wrong-key": refusal(401, "API key not valid. Please pass a valid API key.", "UNAUTHENTICATED"),
      "too-many-requests": refusal(429, "You exceeded your current quota.", "RESOURCE_EXHAUSTED"),
    },
    onSocket(service, socket, url) {
      if (url.pathname !== PATH) socket.close(1008, "Unknown path.");
      else if (!url.searchParams.get("key")) socket.close(1008, "Method doesn't allow unregistered callers.");
      else void new LiveConversation(service, socket);
    },
  });
}

class LiveConversation {
  readonly #service: LocalService;
  readonly #socket: WebSocket;
  readonly #ear = new LocalEar(16_000);
  #isSetUp = false;
  #pictures = 0;
  #answer: AbortController | undefined;

  constructor(service: LocalService, socket: WebSocket) {
    this.#service = service;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const message: unknown = JSON.parse(data.toString());
      if (this.#isSetUp) this.#hear(message);
      else this.#setUp(message);
    });
    socket.on("close", () => this.#answer?.abort());
  }

  #setUp(message: unknown): void {
    const parsed = setupSchema.safeParse(message);
    if (!parsed.success) return this.#refuse(parsed.error);
    keepReceived(this.#service, parsed.data);
    this.#isSetUp = true;
    this.#send({ setupComplete: {} });
  }

  #hear(message: unknown): void {
    const parsed = realtimeInputSchema.safeParse(message);
    if (!parsed.success) return this.#refuse(parsed.error);
    const { realtimeInput } = parsed.data;
    if ("video" in realtimeInput) {
      keepReceived(this.#service, parsed.data);
      this.#pictures += 1;
      return;
    }
    const change = this.#ear.push(fromBase64(realtimeInput.audio.data));
    if (change === "started" && this.#answer) {
      this.#answer.abort();
      this.#answer = undefined;
      this.#send({ serverContent: { interrupted: true } });
    } else if (change === "stopped") {
      const { heard = localTranscript(this.#ear.turnSeconds) } = this.#service;
      this.#send({ serverContent: { inputTranscription: { text: heard } } });
      const seen = this.#pictures === 0 ? "" : ` I was shown ${this.#pictures} pictures.`;
      void this.#speak(`${localAnswer(heard)}${seen}`);
    }
  }

  async #speak(text: string): Promise<void> {
    const answer = new AbortController();
    this.#answer = answer;
    const breaksOff = hangsUp(this.#service);
    let pieces = 0;
    try {
      for await (const samples of localVoice(text, answer.signal)) {
        const inlineData = { mimeType: "audio/pcm;rate=24000", data: toBase64(samples) };
        this.#send({ serverContent: { modelTurn: { role: "model", parts: [{ inlineData }] } } });
        pieces += 1;
        if (pieces >= 10 && breaksOff) {
          this.#socket.close(1011, "Internal error encountered.");
          return;
        }
      }
    } catch (error) {
      if (!answer.signal.aborted) this.#socket.close(1011, (error as Error).message.slice(0, 120));
      return;
    }
    this.#send({ serverContent: { outputTranscription: { text } } });
    this.#send({ serverContent: { generationComplete: true } });
    this.#send({ serverContent: { turnComplete: true } });
    this.#answer = undefined;
  }

  #refuse(error: z.ZodError): void {
    this.#socket.close(1007, z.prettifyError(error).slice(0, 120));
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(Buffer.from(JSON.stringify(message)));
  }
}
