import { describe, expect, it } from "vitest";
import type { SipRequest } from "../../../src/protocol/sip/sip-message.ts";
import type { ClientOutcome } from "../../../src/transports/sip/client-transaction.ts";
import type { ServerTransaction } from "../../../src/transports/sip/server-transaction.ts";
import type { SipAddress } from "../../../src/transports/sip/sip-address.ts";
import { type Screening, TransactionLayer } from "../../../src/transports/sip/transaction-layer.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { invite } from "../../protocol/sip/torture-messages.ts";

const UDP: SipAddress = { transport: "udp", address: "192.0.2.1", port: 5062 };
const TCP: SipAddress = { ...UDP, transport: "tcp" };

/** A layer whose messages are kept, with the time at which they were sent. */
function layer(screening: Screening = { type: "accept" }) {
  const clock = new ManualClock();
  const sent: { atMs: number; line: string; text: string; to: SipAddress }[] = [];
  const requests: ServerTransaction[] = [];
  const acknowledged: SipRequest[] = [];
  let count = 0;
  const transactions = new TransactionLayer({
    clock,
    logger: new RecordingLogger(),
    random: () => String((count += 1)),
    send: (bytes, to) => {
      const text = Buffer.from(bytes).toString();
      sent.push({ atMs: clock.nowMs(), line: text.split("\r\n", 1)[0] ?? "", text, to });
    },
    user: {
      screen: () => screening,
      knows: () => screening.type === "accept",
      request: (transaction) => requests.push(transaction),
      acknowledged: (request) => acknowledged.push(request),
    },
  });
  const times = (line: string): number[] => sent.filter((one) => one.line.startsWith(line)).map(({ atMs }) => atMs);
  const ask = (method: string, to: SipAddress, outcomes: ClientOutcome[]): string =>
    transactions.request({
      method,
      uri: "sip:bob@192.0.2.1",
      headers: [
        ["From", "<sip:a@b>;tag=1"],
        ["To", "<sip:bob@192.0.2.1>"],
        ["Call-ID", "c"],
        ["CSeq", `7 ${method}`],
      ],
      to,
      from: { host: "198.51.100.1", port: 5060 },
      onOutcome: (outcome) => outcomes.push(outcome),
    });
  /** An answer to the last request, with the tag of who answers. */
  const answer = (status: number, reason = "Reason"): void => {
    const request = sent.findLast(({ line }) => !line.startsWith("SIP/2.0") && !line.startsWith("ACK"))?.text ?? "";
    const [, ...lines] = request.split("\r\n");
    const text = [`SIP/2.0 ${status} ${reason}`, ...lines]
      .join("\r\n")
      .replace("To: <sip:bob@192.0.2.1>", "$&;tag=far");
    transactions.receive(Buffer.from(text), UDP);
  };
  return { clock, sent, requests, acknowledged, transactions, times, ask, answer };
}

const ack = (branch = "z9hG4bK776asdhds"): Uint8Array =>
  invite({
    start: "ACK sip:bob@biloxi.example.com SIP/2.0",
    headers: { CSeq: "314159 ACK", Via: `SIP/2.0/UDP pc33.atlanta.example.com;branch=${branch};rport` },
  });

describe("a request of ours", () => {
  it("over UDP is sent again at doubling intervals of 4 s at most, for 32 s (timers E and F)", () => {
    const { ask, clock, times } = layer();
    const outcomes: ClientOutcome[] = [];
    ask("OPTIONS", UDP, outcomes);
    clock.advance(60_000);
    expect(times("OPTIONS")).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(outcomes).toEqual([{ type: "timeout" }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("to call is sent again at doubling intervals without end (timers A and B)", () => {
    const { ask, clock, times } = layer();
    const outcomes: ClientOutcome[] = [];
    ask("INVITE", UDP, outcomes);
    clock.advance(60_000);
    expect(times("INVITE")).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    expect(outcomes).toEqual([{ type: "timeout" }]);
  });

  it("over TCP is sent once", () => {
    const { ask, clock, times } = layer();
    const outcomes: ClientOutcome[] = [];
    ask("INVITE", TCP, outcomes);
    clock.advance(60_000);
    expect(times("INVITE")).toEqual([0]);
    expect(outcomes).toEqual([{ type: "timeout" }]);
  });

  it("to call may ring for as long as it likes", () => {
    const { ask, answer, clock, times } = layer();
    const outcomes: ClientOutcome[] = [];
    ask("INVITE", UDP, outcomes);
    answer(180);
    clock.advance(120_000);
    expect(times("INVITE")).toEqual([0]);
    expect(outcomes.map(({ type }) => type)).toEqual(["response"]);
  });

  it("whose call is refused is acknowledged, as often as the refusal comes, and told of once (timer D)", () => {
    const { ask, answer, clock, times, sent } = layer();
    const outcomes: ClientOutcome[] = [];
    ask("INVITE", UDP, outcomes);
    answer(486);
    clock.advance(500);
    answer(486);
    clock.advance(40_000);
    answer(486);
    expect(times("ACK")).toEqual([0, 500]);
    expect(outcomes).toHaveLength(1);
    const [request, acknowledgement] = sent.map(({ text }) => text);
    const via = /^Via: .*$/m;
    expect(acknowledgement?.match(via)?.[0]).toBe(request?.match(via)?.[0]);
    expect(acknowledgement).toContain("To: <sip:bob@192.0.2.1>;tag=far\r\n");
    expect(acknowledgement).toContain("CSeq: 7 ACK\r\n");
  });

  it("whose call is answered tells so as often as the answer comes: its ACK was lost (RFC 6026)", () => {
    const { ask, answer, clock, times } = layer();
    const outcomes: ClientOutcome[] = [];
    ask("INVITE", UDP, outcomes);
    answer(200);
    answer(200);
    clock.advance(40_000);
    answer(200);
    expect(outcomes).toHaveLength(2);
    expect(times("ACK")).toEqual([]);
  });

  it("that cannot be sent says why", () => {
    const clock = new ManualClock();
    const outcomes: ClientOutcome[] = [];
    const broken = new TransactionLayer({
      clock,
      logger: new RecordingLogger(),
      random: () => "1",
      send: (_bytes, _to, onFailure) => onFailure(new Error("connection refused")),
      user: { screen: () => ({ type: "ignore" }), knows: () => false, request: () => {}, acknowledged: () => {} },
    });
    const from = { host: "a", port: 1 };
    broken.request({ method: "BYE", uri: "sip:a", headers: [], to: TCP, from, onOutcome: (one) => outcomes.push(one) });
    expect(outcomes).toEqual([{ type: "failed", error: new Error("connection refused") }]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a request that comes", () => {
  it("again is taken once, and answered again (timer J)", () => {
    const { transactions, requests, clock, times } = layer();
    const options = invite({ start: "OPTIONS sip:a@b SIP/2.0", headers: { CSeq: "1 OPTIONS" } });
    transactions.receive(options, UDP);
    requests[0]?.respond({ status: 200, toTag: "t" });
    clock.advance(31_000);
    transactions.receive(options, UDP);
    expect(times("SIP/2.0 200")).toEqual([0, 31_000]);
    clock.advance(2000);
    transactions.receive(options, UDP);
    expect(requests).toHaveLength(2);
  });

  it("to call and is refused: the refusal is sent until its ACK comes (timers G and I)", () => {
    const { transactions, requests, acknowledged, clock, times } = layer();
    transactions.receive(invite(), UDP);
    requests[0]?.respond({ status: 486, toTag: "t" });
    clock.advance(2000);
    transactions.receive(ack(), UDP);
    clock.advance(60_000);
    expect(times("SIP/2.0 486")).toEqual([0, 500, 1500]);
    expect(acknowledged).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("to call and is refused, without an ACK: given up after 32 s (timer H)", () => {
    const { transactions, requests, clock, times } = layer();
    const came: boolean[] = [];
    transactions.receive(invite(), TCP);
    if (requests[0]) requests[0].onAcknowledged = (one) => came.push(one);
    requests[0]?.respond({ status: 486, toTag: "t" });
    clock.advance(60_000);
    expect(times("SIP/2.0 486")).toEqual([0]);
    expect(came).toEqual([false]);
  });

  it("to call and is answered: the answer is sent until its ACK comes, over TCP as well", () => {
    const { transactions, requests, acknowledged, clock, times } = layer();
    transactions.receive(invite(), TCP);
    requests[0]?.respond({ status: 200, toTag: "t" });
    clock.advance(1600);
    // The ACK of a success has a branch of its own (RFC 3261 §13.2.2.4).
    transactions.receive(ack("z9hG4bKother"), TCP);
    expect(acknowledged).toHaveLength(1);
    requests[0]?.acknowledged();
    clock.advance(60_000);
    expect(times("SIP/2.0 200")).toEqual([0, 500, 1500]);
  });

  it("is taken back: both are answered (RFC 3261 §9.2)", () => {
    const { transactions, requests, sent } = layer();
    transactions.receive(invite(), UDP);
    const [call] = requests;
    if (call) call.onCancel = () => call.respond({ status: 487, toTag: "t" });
    transactions.receive(
      invite({ start: "CANCEL sip:bob@biloxi.example.com SIP/2.0", headers: { CSeq: "314159 CANCEL" } }),
      UDP,
    );
    expect(sent.map(({ line }) => line)).toEqual(["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    expect(requests).toHaveLength(1);
  });

  it("takes back what nobody knows", () => {
    const { transactions, sent } = layer();
    transactions.receive(invite({ start: "CANCEL sip:a@b SIP/2.0", headers: { CSeq: "314159 CANCEL" } }), UDP);
    expect(sent.map(({ line }) => line)).toEqual(["SIP/2.0 481 Call/Transaction Does Not Exist"]);
  });

  it("is answered where it came from, or at the port that it names", () => {
    const { transactions, requests, sent } = layer();
    transactions.receive(invite(), UDP);
    transactions.receive(invite({ headers: { Via: "SIP/2.0/UDP 10.0.0.1:5099;branch=z9hG4bKb" } }), UDP);
    for (const transaction of requests) transaction.respond({ status: 100 });
    expect(sent.map(({ to }) => to)).toEqual([UDP, { ...UDP, port: 5099 }]);
    expect(sent[0]?.text).toContain("branch=z9hG4bK776asdhds;rport=5062;received=192.0.2.1");
    expect(sent[1]?.text).toContain("SIP/2.0/UDP 10.0.0.1:5099;branch=z9hG4bKb;received=192.0.2.1");
  });

  it("is told apart from others where its branch is no unique one", () => {
    const { transactions, requests } = layer();
    const old = { Via: "SIP/2.0/UDP 192.0.2.2;branch=1" };
    transactions.receive(invite({ headers: old }), UDP);
    transactions.receive(invite({ headers: old }), UDP);
    transactions.receive(invite({ headers: { ...old, "Call-ID": "another" } }), UDP);
    expect(requests).toHaveLength(2);
  });

  it("and is at fault is told so by those who are known alone", () => {
    const bad = invite({ headers: { CSeq: "x INVITE" } });
    const known = layer();
    known.transactions.receive(bad, UDP);
    expect(known.sent.map(({ line }) => line)).toEqual(["SIP/2.0 400 Bad Request: its CSeq cannot be read"]);
    const unknown = layer({ type: "ignore" });
    unknown.transactions.receive(bad, UDP);
    unknown.transactions.receive(invite(), UDP);
    expect(unknown.sent).toEqual([]);
  });

  it("leaves nothing behind when it is turned down at the door: floods of strangers fill no memory", () => {
    const { transactions, requests, clock, times } = layer({ type: "reply", reply: { status: 401, toTag: "t" } });
    for (let index = 0; index < 1000; index += 1) {
      transactions.receive(invite({ headers: { Via: `SIP/2.0/UDP a;branch=z9hG4bK${index};rport` } }), UDP);
    }
    expect([requests.length, clock.pendingTimers, times("SIP/2.0 401").length]).toEqual([0, 0, 1000]);
  });

  it("is turned down when thousands are under way", () => {
    const { transactions, requests, times } = layer();
    for (let index = 0; index < 4100; index += 1) {
      transactions.receive(invite({ headers: { Via: `SIP/2.0/UDP a;branch=z9hG4bK${index};rport` } }), UDP);
    }
    expect([requests.length, times("SIP/2.0 503").length]).toEqual([4096, 4]);
  });
});
