/** Where a candidate leads. */
export interface CandidateAddress {
  readonly address: string;
  readonly port: number;
}

const CANDIDATE = /^a=candidate:/;
const END = /^a=end-of-candidates/;
/** A host candidate over UDP and IPv4: foundation, component 1, transport, priority, address, port. */
const HOST = /^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host/i;

/** The first way to reach whoever wrote the description over UDP and IPv4. */
export function firstHostCandidate(sdp: string): CandidateAddress | undefined {
  for (const line of sdp.split(/\r?\n/)) {
    const [, address, port] = HOST.exec(line) ?? [];
    if (address !== undefined && port !== undefined) return { address, port: Number(port) };
  }
  return undefined;
}

/** The description with one candidate in place of all it had: there is no other way to its writer than this one. */
export function withOnlyCandidate(sdp: string, { address, port }: CandidateAddress): string {
  const lines = sdp.split(/\r?\n/).filter((line) => !CANDIDATE.test(line) && !END.test(line));
  const sections = lines.flatMap((line, index) => (line.startsWith("m=") ? [index] : []));
  const end = sections[1] ?? (lines.at(-1) === "" ? lines.length - 1 : lines.length);
  const candidate = `a=candidate:1 1 udp 2122260223 ${address} ${port} typ host`;
  return lines.toSpliced(end, 0, candidate, "a=end-of-candidates").join("\r\n");
}
