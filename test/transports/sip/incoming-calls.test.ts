import { describe, expect, it } from "vitest";
import { encodeMuLaw } from "../../../src/media/g711.ts";
import { sipServer } from "./sip-server.ts";
import { TestPhone, rtpPortOf } from "./test-phone.ts";

const LOUD = encodeMuLaw(new Int16Array(160).fill(8000));
const isLoud = ({ payload }: { readonly payload: Uint8Array }): boolean => payload[80] === LOUD[80];
const bodyOf = ({ body }: { readonly body: Uint8Array }): string => Buffer.from(body).toString();
/** Resolves when a value that changes by events is this one. */
const soon = async (read: () => unknown, value: unknown): Promise<void> => {
  await expect.poll(read, { interval: 5 }).toEqual(value);
};

describe("a call that comes in", () => {
  it("is answered, heard, sent its echo, told of its keys, and ended by its caller", async () => {
    await using server = await sipServer();
    const { peers, keys, heard, port } = server;
    await using phone = await TestPhone.open(port);
    const { call, rtp } = await phone.call({ headers: ["X-Account: 42"] });
    expect(bodyOf(call)).toContain("m=audio " + String(rtp) + " RTP/AVP 0 101\r\n");
    const [session] = peers.registry.sessions;
    expect(session?.context.transport).toBe("telephone");
    expect(session?.context.headers.get("x-account")).toBe("42");
    expect(session?.phoneMode).toBe(true);
    for (let index = 0; index < 10; index += 1) phone.sound(LOUD, rtp);
    await phone.hearSound(10, isLoud);
    expect(heard.slice(0, 10).map(({ sampleRate, length }) => [sampleRate, length])).toEqual(
      Array.from({ length: 10 }, () => [8000, 160]),
    );
    phone.sound(Uint8Array.of(5, 0x0a, 0, 160), rtp, 101);
    await soon(() => keys, ["5"]);
    phone.ask("INFO", { call, body: "", headers: [] });
    await phone.hear(200);
    phone.ask("BYE", { call });
    await phone.hear(200);
    await soon(() => peers.registry.size, 0);
  });

  it("is turned down with a time to try again when all places are taken, and taken when one is free", async () => {
    await using server = await sipServer({ concurrencyLimit: 1 });
    const { peers, port } = server;
    await using first = await TestPhone.open(port);
    await using second = await TestPhone.open(port);
    const { call } = await first.call();
    second.ask("INVITE", { body: second.sdp() });
    const refusal = await second.hear(503);
    expect(refusal.headers.get("retry-after")).toBe("15");
    first.ask("BYE", { call });
    await first.hear(200);
    await soon(() => peers.registry.size, 0);
    await second.call();
  });

  it("rings as long as it is told to, and can be taken back: its place is free", async () => {
    await using server = await sipServer({ ringMs: 8000, concurrencyLimit: 1 });
    const { peers, port } = server;
    await using phone = await TestPhone.open(port);
    const branch = phone.ask("INVITE", { body: phone.sdp() });
    await phone.hear(180);
    expect(peers.registry.size).toBe(1);
    phone.cancel(branch);
    await phone.hear(200);
    await phone.hear(487);
    await soon(() => peers.registry.size, 0);
  });

  it("can be put on hold and taken off again, at another address: music is not heard, nor anything sent", async () => {
    await using server = await sipServer();
    const { heard, port, peers } = server;
    await using phone = await TestPhone.open(port);
    await using other = await TestPhone.open(port);
    const { call, rtp } = await phone.call();
    phone.sound(LOUD, rtp);
    await phone.hearSound(1, isLoud);
    phone.ask("INVITE", { call, body: phone.sdp("sendonly") });
    const held = await phone.hear(200);
    expect([bodyOf(held).includes("a=recvonly\r\n"), rtpPortOf(held)]).toEqual([true, rtp]);
    phone.ask("ACK", { call, sequence: held.cseq.sequence });
    const [session] = peers.registry.sessions;
    const before = heard.length;
    for (let index = 0; index < 5; index += 1) phone.sound(LOUD, rtp);
    await soon(() => session?.carried?.inbound.audio?.packets, 6);
    expect(heard.slice(before).some(({ samples }) => samples[80] !== 0)).toBe(false);
    phone.ask("INVITE", { call, body: other.sdp() });
    const back = await phone.hear(200);
    expect(bodyOf(back)).toContain("a=sendrecv\r\n");
    phone.ask("ACK", { call, sequence: back.cseq.sequence });
    await other.hearSound(1);
    for (let index = 0; index < 5; index += 1) other.sound(LOUD, rtp);
    await other.hearSound(1, isLoud);
  });

  it("may leave the offer to us, and answer in its ACK", async () => {
    await using server = await sipServer();
    const { port, heard } = server;
    await using phone = await TestPhone.open(port);
    phone.ask("INVITE");
    const call = await phone.hear(200);
    expect(bodyOf(call)).toContain("RTP/AVP 0 8 101\r\n");
    phone.ask("ACK", { call, sequence: call.cseq.sequence, body: phone.sdp("sendrecv", "0") });
    await phone.hearSound(1);
    phone.sound(LOUD, rtpPortOf(call));
    await phone.hearSound(1, isLoud);
    expect(heard.length).toBeGreaterThan(0);
  });

  it.each([
    ["no codec of ours", 488, (phone: TestPhone) => ({ body: phone.sdp("sendrecv", "9 18") })],
    ["no SDP that can be read", 488, () => ({ body: "hello" })],
    ["a body of another kind", 415, () => ({ body: "x", headers: ["Content-Encoding: gzip"] })],
    [
      "an extension that has to be known",
      420,
      (phone: TestPhone) => ({ body: phone.sdp(), headers: ["Require: timer, 100rel"] }),
    ],
  ] as const)("with %s is refused", async (_what, status, options) => {
    await using server = await sipServer();
    const { peers, port } = server;
    await using phone = await TestPhone.open(port);
    phone.ask("INVITE", options(phone));
    const refusal = await phone.hear(status);
    if (status === 420) expect(refusal.headers.get("unsupported")).toBe("timer, 100rel");
    await soon(() => peers.registry.size, 0);
  });

  it("obeys the time limit: we hang up", async () => {
    await using server = await sipServer({ timeLimit: 0.05 });
    const { peers, port } = server;
    await using phone = await TestPhone.open(port);
    await phone.call();
    phone.answer(await phone.hear("BYE"), "200 OK");
    expect(peers.registry.size).toBe(0);
  });

  it("is hung up when the application ends its session, or the endpoint closes", async () => {
    const { endpoint, peers, port } = await sipServer();
    await using phone = await TestPhone.open(port);
    await using other = await TestPhone.open(port);
    await phone.call();
    const [session] = peers.registry.sessions;
    await session?.end("application-closed");
    phone.answer(await phone.hear("BYE"), "200 OK");
    await other.call();
    const closing = endpoint.close();
    other.answer(await other.hear("BYE"), "200 OK");
    await closing;
    expect(peers.registry.size).toBe(0);
  });

  it("hears nobody but its caller: not who sends to its ports from elsewhere", async () => {
    await using server = await sipServer({ address: "0.0.0.0" });
    const { port, heard } = server;
    await using phone = await TestPhone.open(port);
    const { rtp } = await phone.call();
    const stranger = await import("node:dgram").then(({ createSocket }) => createSocket("udp4"));
    await new Promise<void>((resolve) => stranger.bind(0, "127.0.0.2", () => resolve()));
    await new Promise((resolve) =>
      stranger.send(Buffer.concat([Buffer.from([0x80, 0, 0, 1]), Buffer.alloc(8), LOUD]), rtp, "127.0.0.1", resolve),
    );
    stranger.close();
    phone.sound(LOUD, rtp);
    await phone.hearSound(1, isLoud);
    expect(heard).toHaveLength(1);
  });
});

describe("requests outside and inside of calls", () => {
  it("are answered as RFC 3261 has it", async () => {
    await using server = await sipServer();
    const { port } = server;
    await using phone = await TestPhone.open(port);
    phone.ask("OPTIONS");
    expect((await phone.hear(200)).headers.get("allow")).toBe("INVITE, ACK, CANCEL, BYE, OPTIONS, INFO");
    phone.ask("SUBSCRIBE");
    await phone.hear(405);
    phone.ask("BYE");
    await phone.hear(481);
    const { call } = await phone.call();
    phone.ask("OPTIONS", { call });
    await phone.hear(200);
    phone.ask("REFER", { call });
    await phone.hear(405);
    phone.ask("BYE", { call, sequence: 1 });
    await phone.hear(500);
    phone.ask("INVITE", { call, body: phone.sdp("sendrecv", "18") });
    await phone.hear(488);
    phone.ask("BYE", { call });
    await phone.hear(200);
    phone.ask("BYE", { call });
    await phone.hear(481);
  });
});
