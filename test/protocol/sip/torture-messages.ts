/** Line by line, as they stand on the wire. */
export const wire = (lines: readonly string[], body = ""): Uint8Array =>
  Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);

/** A plain request, to be changed by its tests. */
export function invite(
  changes: {
    readonly start?: string;
    readonly headers?: Readonly<Record<string, string | undefined>>;
    readonly body?: string;
  } = {},
): Uint8Array {
  const { start = "INVITE sip:bob@biloxi.example.com SIP/2.0", headers = {}, body = "" } = changes;
  const all = {
    Via: "SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds;rport",
    "Max-Forwards": "70",
    To: "Bob <sip:bob@biloxi.example.com>",
    From: "Alice <sip:alice@atlanta.example.com>;tag=1928301774",
    "Call-ID": "a84b4c76e66710@pc33.atlanta.example.com",
    CSeq: "314159 INVITE",
    Contact: "<sip:alice@pc33.atlanta.example.com>",
    "Content-Length": String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return wire([start, ...lines], body);
}

/** Of the kind of RFC 4475 §3.1.1.1, a short torturous INVITE: every freedom that the grammar leaves, in one message. */
export const TORTUROUS = wire(
  [
    "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0",
    "TO :",
    " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
    'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
    "  ;",
    "  tag = 98asjd8",
    "MaX-fOrWaRdS: 0068",
    "Call-ID: wsinv.ndaksdj@192.0.2.1",
    "Content-Length   : 6",
    "cseq: 0009",
    "  INVITE",
    "Via  : SIP  /   2.0",
    " /UDP",
    "    192.0.2.2;branch=390skdjuw",
    "s :",
    "NewFangledHeader:   newfangled value",
    " continued newfangled value",
    "UnknownHeaderWithUnusualValue: ;;,,;;,;",
    "Content-Type: application/sdp",
    "Route:",
    " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
    "v:  SIP  / 2.0  / TCP     spindle.example.com   ;",
    "  branch  =   z9hG4bK9ikj8  ,",
    " SIP  /    2.0   / UDP  192.168.255.111   ; branch=",
    " z9hG4bK30239",
    'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
    "      newvalue ;",
    "  secondparam ; q = 0.33",
  ],
  "v=0\r\n\u0000 after the body",
);
