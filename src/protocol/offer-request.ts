import { z } from "zod";
import { FastRtcError } from "../errors.ts";
import type { CandidateJson } from "./sdp/candidate.ts";

/** Longest `webrtc_id` accepted, in characters: FastRTC's front ends send about 10, UUIDs have 36. */
const MAX_ID_LENGTH = 128;

/** What clients post to `webrtc/offer`. */
export type OfferRequest =
  | {
      readonly type: "offer";
      readonly webrtcId: string;
      readonly sdp: string;
      /** `true` asks for a session that can be taken over; a claim takes one over. FastRTC's own clients send neither. */
      readonly resume?: true | { readonly session: string; readonly attempt: number };
    }
  /** The peer goes, though there is no connection to say so on: its claim proves that the session is its own. */
  | {
      readonly type: "leave";
      readonly webrtcId: string;
      readonly claim: { readonly session: string; readonly attempt: number };
    }
  /** `candidate` is undefined when the client sent something that is not one. */
  | { readonly type: "ice-candidate"; readonly webrtcId: string; readonly candidate: CandidateJson | undefined };

const webrtcIdSchema = z.string().min(1).max(MAX_ID_LENGTH);

const claimSchema = z.object({ session: z.string().max(MAX_ID_LENGTH), attempt: z.int().min(1) });

/** Whatever else is sent by this name is passed over, as any field that is not known. */
const resumeSchema = z
  .union([z.literal(true), claimSchema])
  .optional()
  .catch(undefined);

const bodySchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("offer"), webrtc_id: webrtcIdSchema, sdp: z.string().min(1), resume: resumeSchema }),
  z.object({ type: z.literal("leave"), webrtc_id: webrtcIdSchema, resume: claimSchema }),
  z.object({ type: z.literal("ice-candidate"), webrtc_id: webrtcIdSchema, candidate: z.unknown().optional() }),
]);

const candidateSchema = z.object({
  candidate: z.string(),
  sdpMid: z.string().nullish(),
  sdpMLineIndex: z.int().min(0).nullish(),
  usernameFragment: z.string().nullish(),
});

/**
 * Reads the body of POST `webrtc/offer`.
 * @throws {FastRtcError} `invalid_request` with a sentence that names the field at fault.
 */
export function parseOfferRequest(body: unknown): OfferRequest {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw new FastRtcError("invalid_request", describe(body, parsed.error));
  const { data } = parsed;
  if (data.type === "offer") {
    const { webrtc_id: webrtcId, sdp, resume } = data;
    return { type: "offer", webrtcId, sdp, ...(resume !== undefined && { resume }) };
  }
  if (data.type === "leave") return { type: "leave", webrtcId: data.webrtc_id, claim: data.resume };
  const candidate = candidateSchema.safeParse(data.candidate);
  return {
    type: "ice-candidate",
    webrtcId: data.webrtc_id,
    candidate: candidate.success ? candidate.data : undefined,
  };
}

function describe(body: unknown, error: z.ZodError): string {
  const shape = `Send {"sdp", "type": "offer", "webrtc_id"} or {"type": "ice-candidate", "candidate", "webrtc_id"} as JSON.`;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return `The body is not a JSON object. ${shape}`;
  const [issue] = error.issues;
  const field = issue?.path.join(".");
  return field ? `The field "${field}" is missing or not valid. ${shape}` : shape;
}
