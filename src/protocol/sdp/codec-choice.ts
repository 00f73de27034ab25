import { type H264Profile, h264Format } from "./h264-profile.ts";
import type { Codec } from "./session-description.ts";

/** A codec as an offer has it, and the payload type of its retransmissions if they are offered (RFC 4588). */
export interface ChosenCodec {
  readonly codec: Codec;
  readonly rtxPayloadType: number | undefined;
}

/** The order within H.264, best first. */
const H264_PROFILES: readonly H264Profile[] = ["constrained-baseline", "baseline", "main", "constrained-high", "high"];

/**
 * Picks the codec to answer with: the first name of `preferences` that is offered in a form that we can use. Of several forms
 * of H.264 constrained baseline wins, with packetization mode 1 before 0.
 */
export function chooseCodec(offered: readonly Codec[], preferences: readonly string[]): ChosenCodec | undefined {
  for (const name of preferences) {
    const usable = offered.filter((codec) => isNamed(codec, name) && rank(codec) !== undefined);
    const [codec] = usable.toSorted((a, b) => (rank(a) ?? 0) - (rank(b) ?? 0));
    if (codec) return { codec, rtxPayloadType: rtxOf(offered, codec) };
  }
  return undefined;
}

/** The codecs of a list for people: each once, without those that only help others. */
export function codecNames(offered: readonly Codec[]): string[] {
  const helpers = new Set(["rtx", "red", "ulpfec", "flexfec-03", "cn", "telephone-event"]);
  const names = offered.map(({ name }) => name).filter((name) => !helpers.has(name.toLowerCase()));
  return [...new Set(names)];
}

function isNamed(codec: Codec, name: string): boolean {
  return codec.name.toLowerCase() === name.toLowerCase();
}

/** Lower is better; `undefined` is unusable. */
function rank(codec: Codec): number | undefined {
  if (!isNamed(codec, "H264")) return 0;
  const format = h264Format(codec);
  return format && H264_PROFILES.indexOf(format.profile) * 2 + (1 - format.packetizationMode);
}

function rtxOf(offered: readonly Codec[], { payloadType }: Codec): number | undefined {
  const apt = String(payloadType);
  return offered.find((codec) => isNamed(codec, "rtx") && codec.parameters.get("apt") === apt)?.payloadType;
}
