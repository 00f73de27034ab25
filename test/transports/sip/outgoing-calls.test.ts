import { describe, expect, it } from "vitest";
import { parseCredentials, digestResponse } from "../../../src/protocol/sip/digest.ts";
import type { SipRequest } from "../../../src/protocol/sip/sip-message.ts";
import { digestHash } from "../../../src/transports/sip/authorized-request.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { rejectionOf, sipServer } from "./sip-server.ts";
import { TestPhone } from "./test-phone.ts";

/** Whether a request proves to know the password, by the header that it is proven with. */
function proves(request: SipRequest, header: string, password: string): boolean {
  const credentials = parseCredentials(request.headers.get(header) ?? "");
  if (!credentials) return false;
  return digestResponse(credentials, { password, method: request.method }, digestHash) === credentials.response;
}

const failure = (sentence: string | RegExp): unknown =>
  expect.objectContaining({ code: "call_failed", message: expect.stringMatching(sentence) as string });

describe("a call of ours", () => {
  it("is a session when it is answered, and ends when the far end hangs up", async () => {
    await using server = await sipServer();
    const { endpoint, peers } = server;
    await using phone = await TestPhone.open();
    const calling = endpoint.call(`sip:ann@127.0.0.1:${phone.port}`, { from: "+4930123" });
    const invite = await phone.hear("INVITE");
    expect(invite.from.uri).toBe("sip:+4930123@127.0.0.1");
    phone.answer(invite, "100 Trying");
    phone.answer(invite, "180 Ringing");
    const contact = `Contact: <sip:ann@127.0.0.1:${phone.port}>`;
    phone.answer(invite, "200 OK", { body: phone.sdp("sendrecv", "8"), headers: [contact] });
    const ack = await phone.hear("ACK");
    expect([ack.uri, ack.cseq]).toEqual([`sip:ann@127.0.0.1:${phone.port}`, { sequence: 1, method: "ACK" }]);
    const { webrtcId } = await calling;
    expect(peers.get(webrtcId).state).toBe("connected");
    const [packet] = await phone.hearSound(1);
    expect(packet?.payloadType).toBe(8);
    // Their answer comes again: our ACK was lost.
    phone.answer(invite, "200 OK", { body: phone.sdp("sendrecv", "8"), headers: [contact] });
    await phone.hear("ACK");
    phone.say([
      "BYE sip:fastrtc@127.0.0.1 SIP/2.0",
      `Via: SIP/2.0/UDP 127.0.0.1:${phone.port};branch=z9hG4bKbye;rport`,
      `From: ${invite.headers.get("to") ?? ""};tag=far`,
      `To: ${invite.headers.get("from") ?? ""}`,
      `Call-ID: ${invite.callId}`,
      "CSeq: 1 BYE",
    ]);
    await phone.hear(200);
    expect(peers.registry.size).toBe(0);
  });

  it("is hung up from here", async () => {
    await using server = await sipServer();
    const { endpoint } = server;
    await using phone = await TestPhone.open();
    const calling = endpoint.call(`sip:127.0.0.1:${phone.port}`);
    phone.answer(await phone.hear("INVITE"), "200 OK", { body: phone.sdp() });
    const call = await calling;
    const hangingUp = call.hangUp();
    phone.answer(await phone.hear("BYE"), "200 OK");
    await hangingUp;
    await call.hangUp();
  });

  it("says who we are when the far end asks, once by each kind of asking", async () => {
    await using server = await sipServer();
    const { endpoint } = server;
    await using phone = await TestPhone.open();
    const calling = endpoint.call(`sip:127.0.0.1:${phone.port}`, { user: "ann", password: "secret" });
    const challenge = 'Digest realm="far", nonce="n1", qop="auth", algorithm=SHA-256';
    phone.answer(await phone.hear("INVITE"), "407 Proxy", { headers: [`Proxy-Authenticate: ${challenge}`] });
    await phone.hear("ACK");
    const second = await phone.hear("INVITE");
    expect([second.cseq.sequence, proves(second, "proxy-authorization", "secret")]).toEqual([2, true]);
    phone.answer(second, "200 OK", { body: phone.sdp() });
    await calling;
  });

  it("with a wrong password is not tried again", async () => {
    await using server = await sipServer();
    const { endpoint, peers } = server;
    await using phone = await TestPhone.open();
    const calling = endpoint.call(`sip:127.0.0.1:${phone.port}`, { user: "ann", password: "wrong" });
    const refused = rejectionOf(calling);
    const challenge = { headers: ['WWW-Authenticate: Digest realm="far", nonce="n1", qop="auth"'] };
    phone.answer(await phone.hear("INVITE"), "401 Unauthorized", challenge);
    phone.answer(await phone.hear("INVITE"), "401 Unauthorized", challenge);
    expect(await refused).toEqual(failure(/refused the call: 401 Unauthorized: check "user" and "password"/));
    expect(peers.registry.size).toBe(0);
  });

  it("that is refused says why", async () => {
    await using server = await sipServer();
    const { endpoint } = server;
    await using phone = await TestPhone.open();
    const refused = rejectionOf(endpoint.call(`sip:127.0.0.1:${phone.port}`));
    phone.answer(await phone.hear("INVITE"), "486 Busy Here");
    await phone.hear("ACK");
    expect(await refused).toEqual(failure(/486 Busy Here: the line is busy/));
  });

  it("is taken back while it rings, and hung up when it is answered all the same", async () => {
    await using server = await sipServer();
    const { endpoint } = server;
    await using phone = await TestPhone.open();
    const abort = new AbortController();
    const calling = endpoint.call(`sip:127.0.0.1:${phone.port}`, { signal: abort.signal });
    const invite = await phone.hear("INVITE");
    phone.answer(invite, "180 Ringing");
    const refused = rejectionOf(calling);
    abort.abort();
    const cancel = await phone.hear("CANCEL");
    expect([cancel.cseq.sequence, cancel.vias[0].parameters.get("branch")]).toEqual([
      invite.cseq.sequence,
      invite.vias[0].parameters.get("branch"),
    ]);
    phone.answer(invite, "200 OK", { body: phone.sdp() });
    await phone.hear("ACK");
    phone.answer(await phone.hear("BYE"), "200 OK");
    expect(await refused).toEqual(failure("taken back before it was answered"));
  });

  it("is given up when nobody answers it", async () => {
    const clock = new ManualClock();
    const { endpoint } = await sipServer({ clock });
    await using phone = await TestPhone.open();
    const calling = endpoint.call(`sip:127.0.0.1:${phone.port}`, { ringMs: 20_000 });
    const refused = rejectionOf(calling);
    const invite = await phone.hear("INVITE");
    clock.advance(20_000);
    // Nothing may be taken back before the far end has said something of it (RFC 3261 §9.1).
    phone.answer(invite, "180 Ringing");
    await phone.hear("CANCEL");
    expect(await refused).toEqual(failure("Nobody answered within 20 s"));
    const closing = endpoint.close();
    clock.advance(2000);
    await closing;
  });

  it("cannot be made to what is no address", async () => {
    await using server = await sipServer();
    const { endpoint } = server;
    await expect(endpoint.call("+4930123")).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(endpoint.call("sips:a@b")).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(endpoint.call("sip:a@127.0.0.1", { from: "a\r\nVia: x" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });
});

describe("a telephone that is gone", () => {
  it("is asked after 15 s of silence, and given up when it does not answer", async () => {
    const clock = new ManualClock();
    const { endpoint, peers } = await sipServer({ clock });
    await using phone = await TestPhone.open(endpoint.port);
    await phone.call();
    await expect.poll(() => [...peers.registry.sessions][0]?.state, { interval: 5 }).toBe("connected");
    clock.advance(15_000);
    phone.answer(await phone.hear("OPTIONS"), "200 OK");
    // The answer is on its way; only when it has come the next silence is waited for.
    const asked = phone.hear("OPTIONS");
    const wait = { isOver: false };
    void asked.then(() => (wait.isOver = true));
    while (!wait.isOver) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(peers.registry.size).toBe(1);
    clock.advance(40_000);
    expect(peers.registry.size).toBe(0);
    const closing = endpoint.close();
    clock.advance(2000);
    await closing;
  });

  it("before it acknowledged our answer is hung up on, and leaves its place", async () => {
    const clock = new ManualClock();
    const { endpoint, peers } = await sipServer({ clock });
    await using phone = await TestPhone.open(endpoint.port);
    phone.ask("INVITE", { body: phone.sdp() });
    await phone.hear(200);
    clock.advance(10_000);
    expect(peers.registry.size).toBe(0);
    clock.advance(30_000);
    await phone.hear("BYE");
    const closing = endpoint.close();
    clock.advance(2000);
    await closing;
  });
});
