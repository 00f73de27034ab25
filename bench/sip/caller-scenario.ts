const answerable = [
  "[last_Via:]",
  "[last_From:]",
  "[last_To:]",
  "[last_Call-ID:]",
  "[last_CSeq:]",
  "Content-Length: 0",
];

const from = "From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[pid]SIPpTag00[call_number]";
const via = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]";
const invite = [
  "INVITE sip:echo@[remote_ip]:[remote_port] SIP/2.0",
  via,
  from,
  "To: <sip:echo@[remote_ip]:[remote_port]>",
  "Call-ID: [call_id]",
  "CSeq: 1 INVITE",
  "Contact: <sip:sipp@[local_ip]:[local_port]>",
  "Max-Forwards: 70",
  "Content-Type: application/sdp",
  "Content-Length: [len]",
  "",
  "v=0",
  "o=sipp 1 1 IN IP4 127.0.0.1",
  "s=-",
  "c=IN IP4 127.0.0.1",
  "t=0 0",
  "m=audio [field0] RTP/AVP 0",
];
const ack = [
  "ACK sip:echo@[remote_ip]:[remote_port] SIP/2.0",
  via,
  from,
  "To: <sip:echo@[remote_ip]:[remote_port]>[peer_tag_param]",
  "Call-ID: [call_id]",
  "CSeq: 1 ACK",
  "Max-Forwards: 70",
  "Content-Length: 0",
];

const send = (lines: readonly string[], attributes = ""): string =>
  `<send${attributes}><![CDATA[\n${lines.join("\n")}\n\n]]></send>`;

/** A scenario of sipp: calls, leaves the sound to the port of `[field0]`, and waits to be hung up on. */
export const CALLER_SCENARIO = [
  '<?xml version="1.0" encoding="UTF-8" ?>',
  '<scenario name="caller">',
  send(invite, ' retrans="500"'),
  '<recv response="100" optional="true"/>',
  '<recv response="200"/>',
  send(ack),
  '<recv request="BYE"/>',
  send(["SIP/2.0 200 OK", ...answerable]),
  "</scenario>",
  "",
].join("\n");
