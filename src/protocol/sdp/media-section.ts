import { type IceCandidate, readCandidate } from "./candidate.ts";
import { CodecTable } from "./codec-table.ts";
import type { SdpLine } from "./sdp-line.ts";
import type {
  Direction,
  DtlsSetup,
  Fingerprint,
  HeaderExtension,
  MediaSection,
  OfferedSsrc,
  SsrcGroup,
} from "./session-description.ts";

/** Bounds on what one section may hold; what goes beyond is left out, since nothing real does. */
const MAX_CANDIDATES = 64;
const MAX_SSRCS = 64;
const MAX_FINGERPRINTS = 8;
const MAX_RIDS = 16;
/** RFC 8285 section 4.3. */
const MAX_EXTENSION_ID = 255;
const MAX_BUNDLES = 16;

/** An RFC 8866 token; `mid`s are tokens. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,256}$/;
const DIRECTIONS: ReadonlySet<string> = new Set<Direction>(["sendrecv", "sendonly", "recvonly", "inactive"]);
const SETUPS: ReadonlySet<string> = new Set<DtlsSetup>(["actpass", "active", "passive", "holdconn"]);

/** Attributes that either level may have; a section's own win. */
class SharedAttributes {
  iceUfrag: string | undefined;
  icePwd: string | undefined;
  setup: DtlsSetup | undefined;
  direction: Direction | undefined;
  readonly fingerprints: Fingerprint[] = [];

  /** Whether the line was one of them. */
  protected readShared(line: SdpLine): boolean {
    const { key, argument } = line;
    switch (key) {
      case "ice-ufrag":
        this.iceUfrag = iceCharacters(line, 4);
        return true;
      case "ice-pwd":
        this.icePwd = iceCharacters(line, 22);
        return true;
      case "setup":
        if (!SETUPS.has(argument)) throw line.invalid(`"${argument.slice(0, 32)}" is not a DTLS setup`);
        this.setup = argument as DtlsSetup;
        return true;
      case "fingerprint":
        if (this.fingerprints.length < MAX_FINGERPRINTS) this.fingerprints.push(fingerprint(line));
        return true;
      default:
        if (!DIRECTIONS.has(key)) return false;
        this.direction = key as Direction;
        return true;
    }
  }
}

/** The attributes above the first m-line. */
export class SessionAttributes extends SharedAttributes {
  readonly bundles: string[][] = [];
  iceLite = false;
  trickle = false;

  read(line: SdpLine): void {
    if (this.readShared(line)) return;
    const { key, argument } = line;
    if (key === "ice-lite") this.iceLite = true;
    else if (key === "ice-options") this.trickle ||= argument.split(/\s+/).includes("trickle");
    else if (key === "group") {
      const [semantics, ...mids] = argument.split(/\s+/);
      if (semantics !== "BUNDLE" || mids.length === 0 || this.bundles.length >= MAX_BUNDLES) return;
      if (!mids.every((mid) => TOKEN.test(mid))) throw line.invalid("a mid of its BUNDLE group is not valid");
      this.bundles.push(mids);
    }
  }
}

/** Reads one m-line and the attributes that follow it. */
export class MediaSectionReader extends SharedAttributes {
  readonly #index: number;
  readonly #media: string;
  readonly #port: number;
  readonly #protocol: string;
  readonly #formats: readonly string[];
  readonly #codecs: CodecTable;
  readonly #extensions = new Map<number, HeaderExtension>();
  readonly #ssrcs = new Map<number, OfferedSsrc>();
  readonly #ssrcGroups: SsrcGroup[] = [];
  readonly #rids: string[] = [];
  readonly #candidates: IceCandidate[] = [];
  #mid: string | undefined;
  #msid: string | undefined;
  #bundleOnly = false;
  #rtcpMux = false;
  #rtcpReducedSize = false;
  #endOfCandidates = false;
  #sctpPort: number | undefined;
  #maxMessageSize: number | undefined;

  constructor(line: SdpLine, index: number) {
    super();
    const [media = "", port, protocol = "", ...formats] = line.value.trim().split(/\s+/);
    if (!TOKEN.test(media)) throw line.invalid("the m-line does not say what it is about");
    if (!/^[A-Za-z0-9/-]{1,64}$/.test(protocol)) throw line.invalid("the m-line has no transport protocol");
    if (formats.length === 0 || formats.length > 256 || !formats.every((format) => TOKEN.test(format))) {
      throw line.invalid("the m-line has no valid list of formats");
    }
    this.#index = index;
    this.#media = media;
    this.#port = line.integer(port?.split("/")[0], 0, 65_535, "port");
    this.#protocol = protocol;
    this.#formats = formats;
    this.#codecs = new CodecTable(media === "audio" || media === "video" ? formats : [], line);
  }

  read(line: SdpLine): void {
    if (this.readShared(line)) return;
    const { argument } = line;
    switch (line.key) {
      case "mid":
        if (!TOKEN.test(argument)) throw line.invalid("its mid is not valid");
        this.#mid = argument;
        break;
      case "rtpmap":
      case "fmtp":
      case "rtcp-fb":
        this.#codecs.read(line);
        break;
      case "extmap":
        this.#readExtension(line);
        break;
      case "ssrc":
        this.#readSsrc(line);
        break;
      case "ssrc-group":
        this.#readSsrcGroup(line);
        break;
      case "rid":
        if (this.#rids.length < MAX_RIDS) this.#rids.push(argument.split(/\s/, 1)[0] ?? "");
        break;
      case "candidate":
        this.#readCandidate(line);
        break;
      case "end-of-candidates":
        this.#endOfCandidates = true;
        break;
      case "msid":
        this.#msid = argument;
        break;
      case "bundle-only":
        this.#bundleOnly = true;
        break;
      case "rtcp-mux":
        this.#rtcpMux = true;
        break;
      case "rtcp-rsize":
        this.#rtcpReducedSize = true;
        break;
      case "sctp-port":
        this.#sctpPort = line.integer(argument, 0, 65_535, "SCTP port");
        break;
      case "max-message-size":
        this.#maxMessageSize = line.integer(argument, 0, 2 ** 48, "message size");
        break;
      default:
    }
  }

  finish(session: SessionAttributes): MediaSection {
    const kind =
      this.#media === "audio" || this.#media === "video" || this.#media === "application" ? this.#media : "other";
    return {
      index: this.#index,
      kind,
      media: this.#media,
      port: this.#port,
      protocol: this.#protocol,
      formats: this.#formats,
      mid: this.#mid,
      direction: this.direction ?? session.direction ?? "sendrecv",
      rejected: this.#port === 0 && !this.#bundleOnly,
      bundleOnly: this.#bundleOnly,
      iceUfrag: this.iceUfrag ?? session.iceUfrag,
      icePwd: this.icePwd ?? session.icePwd,
      fingerprints: this.fingerprints.length > 0 ? this.fingerprints : session.fingerprints,
      setup: this.setup ?? session.setup,
      rtcpMux: this.#rtcpMux,
      rtcpReducedSize: this.#rtcpReducedSize,
      codecs: this.#codecs.codecs(),
      headerExtensions: [...this.#extensions.values()],
      ssrcs: [...this.#ssrcs.values()],
      ssrcGroups: this.#ssrcGroups,
      msid: this.#msid,
      rids: this.#rids,
      candidates: this.#candidates,
      endOfCandidates: this.#endOfCandidates,
      sctpPort: this.#sctpPort,
      maxMessageSize: this.#maxMessageSize,
    };
  }

  /** Candidates of a kind that is not understood are passed over, as RFC 8839 section 5.1 wants. */
  #readCandidate(line: SdpLine): void {
    const candidate = readCandidate(line.value);
    if (typeof candidate !== "string" && this.#candidates.length < MAX_CANDIDATES) this.#candidates.push(candidate);
  }

  /** `a=extmap:<id>[/<direction>] <uri> [<attributes>]` (RFC 8285 section 5). */
  #readExtension(line: SdpLine): void {
    const [idAndDirection = "", uri] = line.argument.split(/\s+/);
    const [idText, direction = "sendrecv"] = idAndDirection.split("/");
    // Ids above 4095 stand for "to be numbered by the answerer", which no browser asks for.
    const id = line.integer(idText, 1, 65_535, "extension id");
    if (!uri) throw line.invalid("it names no header extension");
    if (!DIRECTIONS.has(direction)) throw line.invalid("its direction is not valid");
    if (id <= MAX_EXTENSION_ID) this.#extensions.set(id, { id, uri, direction: direction as Direction });
  }

  /** `a=ssrc:<ssrc> <attribute>[:<value>]` (RFC 5576 section 4.1). */
  #readSsrc(line: SdpLine): void {
    const space = line.argument.indexOf(" ");
    const ssrc = line.integer(space < 0 ? line.argument : line.argument.slice(0, space), 0, 2 ** 32 - 1, "SSRC");
    const attribute = space < 0 ? "" : line.argument.slice(space + 1).trim();
    const known = this.#ssrcs.get(ssrc);
    if (!known && this.#ssrcs.size >= MAX_SSRCS) return;
    const cname = attribute.startsWith("cname:") ? attribute.slice("cname:".length) : known?.cname;
    this.#ssrcs.set(ssrc, { ssrc, cname });
  }

  /** `a=ssrc-group:<semantics> <ssrc> …` (RFC 5576 section 4.2). */
  #readSsrcGroup(line: SdpLine): void {
    const [semantics = "", ...texts] = line.argument.split(/\s+/);
    if (!TOKEN.test(semantics) || texts.length > MAX_SSRCS) throw line.invalid("its group of SSRCs is not valid");
    const ssrcs = texts.map((text) => line.integer(text, 0, 2 ** 32 - 1, "SSRC"));
    if (this.#ssrcGroups.length < MAX_SSRCS) this.#ssrcGroups.push({ semantics, ssrcs });
  }
}

function iceCharacters(line: SdpLine, minimum: number): string {
  const { argument } = line;
  // RFC 8839 section 5.4 allows letters, digits, + and /; some endpoints add the characters of URL-safe Base64.
  if (!/^[A-Za-z0-9+/=_-]+$/.test(argument) || argument.length < minimum || argument.length > 256) {
    throw line.invalid(`its ${line.key} is not one of ${minimum} to 256 ICE characters`);
  }
  return argument;
}

function fingerprint(line: SdpLine): Fingerprint {
  const [algorithm = "", value = ""] = line.argument.split(/\s+/);
  if (!/^[A-Za-z0-9-]{3,16}$/.test(algorithm) || !/^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63}$/.test(value)) {
    throw line.invalid("its fingerprint is not valid");
  }
  return { algorithm: algorithm.toLowerCase(), value: value.toUpperCase() };
}
