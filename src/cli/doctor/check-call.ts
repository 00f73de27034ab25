import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Clock, systemClock } from "../../async/clock.ts";
import { type CallOutcome, EngineCaller } from "../../transports/webrtc/engine-caller.ts";
import type { UdpIceServer } from "../../transports/webrtc/ice-servers.ts";
import { type HttpAnswer, askHttp } from "./ask-http.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const refusalSchema = z.object({
  status: z.literal("failed"),
  meta: z.looseObject({ error: z.string(), message: z.string().optional(), limit: z.number().optional() }),
});
const answerSchema = z.object({ sdp: z.string(), type: z.literal("answer") });

/** How long connecting may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

export interface CallCheckOptions {
  /** Where the routes lie, with a slash at its end. */
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly media: "video" | "audio";
  /** A TURN server to try where there is no direct way. */
  readonly relay?: UdpIceServer | undefined;
  readonly clock?: Clock;
}

/** Whether a client of this machine gets through to the server: its offer over HTTP, then media over UDP. */
export async function checkCall(options: CallCheckOptions): Promise<readonly Finding[]> {
  const { base, relay, clock = systemClock } = options;
  const startMs = clock.nowMs();
  const direct = await call(options, undefined);
  if (!direct.outcome) return direct.findings;
  const ms = Math.round(clock.nowMs() - startMs);
  const media = "WebRTC";
  if (direct.outcome === "connected") {
    return [...direct.findings, ok(media, `A call connected over UDP, ${ms} ms after its offer.`)];
  }
  const addresses = direct.addresses.join(", ") || "none";
  const closed =
    `The offer was answered, but no UDP comes through between this machine and ${base.hostname} (it offers ${addresses}). ` +
    "Open its UDP ports (FASTRTC_UDP_PORT makes it one), tell its public address with FASTRTC_PUBLIC_ADDRESSES where it is behind " +
    "NAT or in a container,";
  if (relay && (await call(options, relay)).outcome === "connected") {
    return [...direct.findings, warning(media, `${closed} or live with it: a call through the TURN server connects.`)];
  }
  return [...direct.findings, problem(media, `${closed} or give clients a TURN server, or FASTRTC_TCP_PORT.`)];
}

interface Call {
  /** Undefined when it came to no call. */
  readonly outcome: CallOutcome | undefined;
  readonly findings: readonly Finding[];
  /** Where the server says it is. */
  readonly addresses: readonly string[];
}

async function call({ base, headers, media, clock }: CallCheckOptions, relay: UdpIceServer | undefined): Promise<Call> {
  const caller = new EngineCaller({ media, relay, ...(clock && { clock }) });
  try {
    const { sdp, candidates } = await caller.offer();
    const id = randomUUID();
    const post = (body: object): Promise<HttpAnswer> =>
      askHttp(new URL("webrtc/offer", base), {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", origin: base.origin },
        body: JSON.stringify({ ...body, webrtc_id: id }),
      });
    const answer = await post({ type: "offer", sdp });
    const accepted = answerSchema.safeParse(parse(answer.text));
    if (!accepted.success) return { outcome: undefined, findings: [refused(answer, base)], addresses: [] };
    const codecs = [...accepted.data.sdp.matchAll(/^a=rtpmap:\d+ (H264|VP8|opus)\//gim)].map(([, name = ""]) => name);
    const addresses = [...accepted.data.sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+)/gim)].map(
      ([, address = "", port = ""]) => `${address}:${port}`,
    );
    caller.accept(accepted.data.sdp);
    for (const candidate of candidates) {
      await post({ type: "ice-candidate", candidate: { candidate, sdpMid: "0", sdpMLineIndex: 0 } });
    }
    return {
      outcome: await caller.outcome(TIMEOUT_MS),
      findings: [
        ok("offer", "The offer was taken and answered."),
        codecs.length > 0
          ? ok("codecs", `The server speaks ${[...new Set(codecs)].join(" and ")} with this client.`)
          : problem("codecs", `The server speaks none of ${media === "audio" ? "Opus" : "H.264 and VP8"}.`),
      ],
      addresses: [...new Set(addresses)],
    };
  } finally {
    await caller.close();
  }
}

/** Why an offer was not answered with an answer. */
function refused({ status, text }: HttpAnswer, base: URL): Finding {
  const check = "offer";
  const refusal = refusalSchema.safeParse(parse(text)).data?.meta;
  switch (refusal?.error ?? status) {
    case "concurrency_limit_reached":
      return problem(
        check,
        `A client is refused: all ${refusal?.limit ?? ""} places are taken. Raise concurrencyLimit, set a timeLimit, or run more servers.`.replaceAll(
          "  ",
          " ",
        ),
      );
    case "server_draining":
      return problem(check, "A client is refused: the server is draining, that is, about to stop.");
    case "unauthorized":
    case 401:
      return problem(check, 'A client is refused without credentials. Pass them: --header "authorization: Bearer …".');
    case "origin_not_allowed":
    case 403:
      return problem(check, `A page of ${base.origin} is refused. Add that origin to allowedOrigins.`);
    case "rate_limited":
    case 429:
      return problem(check, "A client is refused for asking too often. Wait a minute, or raise the rate limit.");
    case 404:
    case 405:
      return problem(
        check,
        `Nobody takes offers at ${base.href}webrtc/offer. Where the Stream is mounted below a path, say so: fastrtc doctor ${base.href}rtc`,
      );
    case 502:
    case 504:
      return problem(check, `A proxy answers with ${status}: the server behind it does not run, or is too slow.`);
    default:
      return problem(
        check,
        `The offer was refused with ${status}: ${refusal?.message ?? (text.slice(0, 200) || "nothing more")}`,
      );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A page of HTML, say.
  }
}
