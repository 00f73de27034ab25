import { FastRtcError } from "../../errors.ts";
import type { IceCandidate } from "./candidate.ts";
import type { Fingerprint, MediaSection, Offer } from "./session-description.ts";

/** The ICE and DTLS parameters of one end, as descriptions carry them. */
export interface TransportParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly fingerprint: Fingerprint;
}

/** The one transport of an offer that gets answered, and the sections that travel on it. */
export interface OfferedTransport extends TransportParameters {
  readonly setup: "actpass" | "active" | "passive";
  readonly candidates: readonly IceCandidate[];
  /** Whether the offer says that no candidates will follow. */
  readonly endOfCandidates: boolean;
  /** In the order of the offer. Sections that are not among them have a transport of their own, which we do not open. */
  readonly sections: readonly MediaSection[];
}

/** The most wanted last: SHA-256 is what everybody has. SHA-1 proves nothing any more (RFC 8122 section 5). */
const ALGORITHMS = ["sha-224", "sha-512", "sha-384", "sha-256"];

/**
 * Finds the transport that an offer's sections share: those of the first BUNDLE group with an open section,
 * or the first open section alone when nothing is bundled (RFC 9143 section 7.3).
 * @throws {FastRtcError} `invalid_sdp` when there is none, or it lacks what ICE and DTLS need.
 */
export function offeredTransport(offer: Offer): OfferedTransport {
  const { tagged, sections } = sharedSections(offer);
  if (!tagged) throw refuse("all its media sections are rejected");
  const { iceUfrag, icePwd, setup = "actpass" } = tagged;
  if (!iceUfrag || !icePwd) throw refuse("it has no ice-ufrag or no ice-pwd");
  if (setup === "holdconn") throw refuse("its DTLS setup is holdconn");
  const fingerprint = ALGORITHMS.reduce<Fingerprint | undefined>(
    (best, algorithm) => tagged.fingerprints.find((candidate) => candidate.algorithm === algorithm) ?? best,
    undefined,
  );
  if (!fingerprint) {
    const given = [...new Set(tagged.fingerprints.map(({ algorithm }) => algorithm))].join(" and ");
    throw refuse(
      `${given === "" ? "it has no DTLS fingerprint" : `its DTLS fingerprint is by ${given} alone`}: it needs one by SHA-256, or by SHA-224, SHA-384 or SHA-512`,
    );
  }
  // Candidates belong to the tagged section; where it has none, endpoints that repeat them elsewhere are understood.
  const source = tagged.candidates.length > 0 ? tagged : sections.find(({ candidates }) => candidates.length > 0);
  return {
    iceUfrag,
    icePwd,
    fingerprint,
    setup,
    candidates: source?.candidates ?? [],
    endOfCandidates: tagged.endOfCandidates,
    sections,
  };
}

/** `tagged` is the section that says what the transport is: the one that the group names first. */
function sharedSections({ bundles, media }: Offer): {
  tagged: MediaSection | undefined;
  sections: readonly MediaSection[];
} {
  const open = media.filter(({ rejected }) => !rejected);
  for (const mids of bundles) {
    const sections = open.filter(({ mid }) => mid !== undefined && mids.includes(mid));
    const first = mids.find((mid) => sections.some((section) => section.mid === mid));
    const tagged = sections.find(({ mid }) => mid === first);
    if (tagged) return { tagged, sections };
  }
  return { tagged: open[0], sections: open.slice(0, 1) };
}

function refuse(reason: string): FastRtcError {
  return new FastRtcError("invalid_sdp", `The SDP cannot be used: ${reason}.`);
}
