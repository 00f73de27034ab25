import { FastRtcError } from "../../errors.ts";
import { MediaSectionReader, SessionAttributes } from "./media-section.ts";
import { SdpLine } from "./sdp-line.ts";
import type { MediaSection, Offer } from "./session-description.ts";

/** Longest offer read, in characters. Chromium's with audio, video and data has about 7,000. */
const MAX_OFFER_LENGTH = 256 * 1024;
/** Most m-lines read. */
const MAX_MEDIA_SECTIONS = 64;
const MAX_LINES = 10_000;

/**
 * Reads the SDP of an offer (RFC 8866, RFC 9429) that comes from a stranger. It is strict with what an answer depends on,
 * and passes over attributes that it does not know.
 * @throws {FastRtcError} `invalid_sdp` with a sentence that says what is wrong and in which line.
 */
export function parseOffer(sdp: string): Offer {
  if (sdp.length > MAX_OFFER_LENGTH) throw invalidSdp(`it has more than ${MAX_OFFER_LENGTH} characters`);
  const session = new SessionAttributes();
  const sections: MediaSectionReader[] = [];
  let lineNumber = 0;
  for (const text of sdp.split("\n", MAX_LINES + 1)) {
    lineNumber += 1;
    if (lineNumber > MAX_LINES) throw invalidSdp(`it has more than ${MAX_LINES} lines`);
    const trimmed = text.trimEnd();
    if (trimmed === "") continue;
    const line = SdpLine.parse(trimmed, lineNumber);
    if (lineNumber === 1 && !(line.type === "v" && line.value === "0")) throw line.invalid('an SDP begins with "v=0"');
    if (line.type === "m") {
      if (sections.length === MAX_MEDIA_SECTIONS)
        throw invalidSdp(`it has more than ${MAX_MEDIA_SECTIONS} media sections`);
      sections.push(new MediaSectionReader(line, sections.length));
    } else if (line.type === "a") {
      const section = sections.at(-1);
      if (section) section.read(line);
      else session.read(line);
    }
  }
  if (sections.length === 0) throw invalidSdp("it has no media section");
  const media = sections.map((section) => section.finish(session));
  checkMids(media);
  return { bundles: session.bundles, iceLite: session.iceLite, trickle: session.trickle, media };
}

function checkMids(media: readonly MediaSection[]): void {
  const mids = new Set<string>();
  for (const { mid } of media) {
    if (mid === undefined) continue;
    if (mids.has(mid)) throw invalidSdp(`two of its media sections have the mid "${mid}"`);
    mids.add(mid);
  }
}

function invalidSdp(reason: string): FastRtcError {
  return new FastRtcError("invalid_sdp", `The SDP cannot be used: ${reason}.`);
}
