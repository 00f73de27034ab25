import { randomUUID } from "node:crypto";
import type { Clock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../rtp/packet.ts";
import { CALLER_PAYLOAD_TYPES, CALLER_SSRC, EngineCaller } from "../../transports/webrtc/engine-caller.ts";
import { askHttp } from "../doctor/ask-http.ts";
import type { SampleMedia } from "./sample-media.ts";

export interface LoadCallOptions {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly media: "video" | "audio";
  readonly sample: SampleMedia;
  readonly clock: Clock;
}

/** What became of one call; times in milliseconds. */
export type LoadCallResult =
  | { readonly type: "refused"; readonly why: string }
  | {
      readonly type: "connected";
      /** From the offer to its answer. */
      readonly answerMs: number;
      /** From the offer to a connection. */
      readonly connectMs: number;
      /** From the first thing sent to the first thing that came back; undefined when nothing did. */
      readonly firstMs: number | undefined;
      /** Pictures, or packets of sound, that came back, per second since the first. */
      readonly perSecond: number;
      /** The longest time between two of them. */
      readonly longestGapMs: number;
      /** Whether it was connected until the end. */
      readonly stayed: boolean;
    };

const CONNECT_TIMEOUT_MS = 15_000;

/** Makes one call, sends the sample until `signal` aborts, and tells how that went. */
export async function loadCall(
  { base, headers, media, sample, clock }: LoadCallOptions,
  signal: AbortSignal,
): Promise<LoadCallResult> {
  const arrivals = new Arrivals(media, clock);
  const caller = new EngineCaller({ media, clock, onPacket: (packet) => arrivals.add(packet) });
  try {
    const { sdp, candidates } = await caller.offer();
    const id = randomUUID();
    const post = async (body: object) =>
      askHttp(new URL("webrtc/offer", base), {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", origin: base.origin },
        body: JSON.stringify({ ...body, webrtc_id: id }),
        timeoutMs: CONNECT_TIMEOUT_MS,
      });
    const offeredAtMs = clock.nowMs();
    const { status, text } = await post({ type: "offer", sdp });
    const answerMs = clock.nowMs() - offeredAtMs;
    const answer = parseAnswer(text);
    if (typeof answer.sdp !== "string") return { type: "refused", why: answer.meta?.error ?? `status ${status}` };
    if (media === "video" && !/^a=rtpmap:102 H264/m.test(answer.sdp)) return { type: "refused", why: "no H.264" };
    caller.accept(answer.sdp);
    for (const candidate of candidates) {
      await post({ type: "ice-candidate", candidate: { candidate, sdpMid: "0", sdpMLineIndex: 0 } });
    }
    const outcome = await caller.outcome(CONNECT_TIMEOUT_MS);
    if (outcome !== "connected") return { type: "refused", why: "no UDP comes through" };
    const connectMs = clock.nowMs() - offeredAtMs;
    const startedAtMs = clock.nowMs();
    await sendUntil(signal, caller, media, sample, clock);
    return { type: "connected", answerMs, connectMs, ...arrivals.summary(startedAtMs), stayed: caller.isOpen };
  } catch (thrown) {
    return { type: "refused", why: toError(thrown).message };
  } finally {
    await caller.close();
  }
}

function parseAnswer(text: string): { sdp?: unknown; meta?: { error?: string } } {
  try {
    return JSON.parse(text) as { sdp?: unknown; meta?: { error?: string } };
  } catch {
    return {}; // A page of HTML, say.
  }
}

async function sendUntil(
  signal: AbortSignal,
  caller: EngineCaller,
  media: "video" | "audio",
  { units, intervalMs, ticks }: SampleMedia,
  clock: Clock,
): Promise<void> {
  const startedAtMs = clock.nowMs();
  let sequenceNumber = 0;
  for (let sent = 0; !signal.aborted && caller.isOpen; sent += 1) {
    const payloads = units[sent % units.length] ?? [];
    for (const [index, payload] of payloads.entries()) {
      caller.send(
        serializeRtpPacket({
          marker: media === "video" && index === payloads.length - 1,
          payloadType: media === "video" ? CALLER_PAYLOAD_TYPES.h264 : CALLER_PAYLOAD_TYPES.opus,
          sequenceNumber: sequenceNumber & 0xffff,
          timestamp: (sent * ticks) >>> 0,
          ssrc: CALLER_SSRC,
          payload,
        }),
      );
      sequenceNumber += 1;
    }
    const waitMs = startedAtMs + (sent + 1) * intervalMs - clock.nowMs();
    if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => undefined); // The end of the bench, which the loop sees.
  }
}

/** When pictures, or packets of sound, came. */
class Arrivals {
  readonly #media: "video" | "audio";
  readonly #clock: Clock;
  #firstAtMs: number | undefined;
  #lastAtMs = 0;
  #count = 0;
  #longestGapMs = 0;

  constructor(media: "video" | "audio", clock: Clock) {
    this.#media = media;
    this.#clock = clock;
  }

  add(bytes: Uint8Array): void {
    const type = (bytes[1] ?? 0) & 0x7f;
    if (type >= 64 && type < 96) return; // RTCP (RFC 5761 section 4).
    const packet = parseRtpPacket(bytes);
    if (!packet || packet.payload.length === 0 || (this.#media === "video" && !packet.marker)) return;
    const nowMs = this.#clock.nowMs();
    if (this.#firstAtMs !== undefined) this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - this.#lastAtMs);
    this.#firstAtMs ??= nowMs;
    this.#lastAtMs = nowMs;
    this.#count += 1;
  }

  summary(startedAtMs: number): { firstMs: number | undefined; perSecond: number; longestGapMs: number } {
    if (this.#firstAtMs === undefined) return { firstMs: undefined, perSecond: 0, longestGapMs: 0 };
    const seconds = (this.#lastAtMs - this.#firstAtMs) / 1000;
    return {
      firstMs: Math.max(0, this.#firstAtMs - startedAtMs),
      perSecond: seconds > 0 ? (this.#count - 1) / seconds : 0,
      longestGapMs: this.#longestGapMs,
    };
  }
}
