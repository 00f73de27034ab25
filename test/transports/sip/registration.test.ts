import { afterEach, describe, expect, it } from "vitest";
import { digestResponse, parseCredentials } from "../../../src/protocol/sip/digest.ts";
import type { SipRequest } from "../../../src/protocol/sip/sip-message.ts";
import { digestHash } from "../../../src/transports/sip/authorized-request.ts";
import type { SipEndpoint } from "../../../src/transports/sip/sip-endpoint.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { type SipServerOptions, rejectionOf, sipServer } from "./sip-server.ts";
import { TestPhone } from "./test-phone.ts";

const PASSWORD = "open-sesame";

/** A registrar that asks for the password, and grants as long as it is told to. */
class Registrar {
  readonly phone: TestPhone;
  grantedS = 600;
  nonce = "n1";
  constructor(phone: TestPhone) {
    this.phone = phone;
  }

  challenge(request: SipRequest, more = ""): void {
    const challenge = `Digest realm="trunk", nonce="${this.nonce}", qop="auth", algorithm=MD5${more}`;
    this.phone.answer(request, "401 Unauthorized", { headers: [`WWW-Authenticate: ${challenge}`] });
  }

  isRight(request: SipRequest): boolean {
    const credentials = parseCredentials(request.headers.get("authorization") ?? "");
    if (!credentials || credentials.nonce !== this.nonce) return false;
    return credentials.response === digestResponse(credentials, { password: PASSWORD, method: "REGISTER" }, digestHash);
  }

  grant(request: SipRequest): void {
    const contact = `${request.headers.get("contact") ?? ""};expires=${this.grantedS}`;
    this.phone.answer(request, "200 OK", { headers: [`Contact: <sip:other@192.0.2.9>;expires=77, ${contact}`] });
  }

  /** Asks once, and grants to who knows the password; gives the request that it granted. */
  async serve(): Promise<SipRequest> {
    this.challenge(await this.phone.hear("REGISTER"));
    const request = await this.phone.hear("REGISTER");
    if (!this.isRight(request)) throw new Error("the password is wrong");
    this.grant(request);
    return request;
  }
}

describe("a registration with a trunk", () => {
  let open: SipEndpoint | undefined;
  let phone: TestPhone | undefined;
  let clock = new ManualClock();

  async function registrar(): Promise<Registrar> {
    clock = new ManualClock();
    phone = await TestPhone.open();
    return new Registrar(phone);
  }

  async function endpoint(server: Registrar, options: SipServerOptions = {}) {
    const register = { server: `127.0.0.1:${server.phone.port}`, user: "4930123", password: PASSWORD };
    const opened = await sipServer({ clock, register, ...options });
    open = opened.endpoint;
    return opened;
  }

  afterEach(async () => {
    const closing = open?.close();
    clock.advance(2000);
    await closing;
    open = undefined;
    await phone?.[Symbol.asyncDispose]();
  });

  it("says who we are and where we are, and is there when the endpoint is", async () => {
    const server = await registrar();
    const [request, { endpoint: sip }] = await Promise.all([server.serve(), endpoint(server)]);
    expect(sip.registered).toBe(true);
    expect([request.uri, request.from.uri, request.headers.get("contact"), request.headers.get("expires")]).toEqual([
      `sip:127.0.0.1:${server.phone.port}`,
      "sip:4930123@127.0.0.1",
      `<sip:4930123@127.0.0.1:${sip.port}>`,
      "600",
    ]);
  });

  it("is renewed before it ends, in the same name, and taken back at the end", async () => {
    const server = await registrar();
    server.grantedS = 120;
    const [first, { endpoint: sip }] = await Promise.all([server.serve(), endpoint(server)]);
    clock.advance(84_000);
    // 120 s were granted; 35 s before their end is the time.
    clock.advance(1000);
    const second = await server.serve();
    expect([second.callId, second.cseq.sequence]).toEqual([first.callId, 4]);
    const closing = sip.close();
    const last = await server.phone.hear("REGISTER");
    expect(last.headers.get("expires")).toBe("0");
    server.phone.answer(last, "200 OK");
    clock.advance(2000);
    await closing;
    expect(sip.registered).toBe(false);
  });

  it("with a wrong password fails with a clear sentence after two requests, and is not tried again", async () => {
    const server = await registrar();
    const opening = endpoint(server, {
      register: { server: `127.0.0.1:${server.phone.port}`, user: "4930123", password: "wrong" },
    });
    const refused = rejectionOf(opening);
    server.challenge(await server.phone.hear("REGISTER"));
    server.challenge(await server.phone.hear("REGISTER"));
    clock.advance(2000);
    expect(await refused).toMatchObject({
      code: "registration_failed",
      message: `The SIP server sip:127.0.0.1:${server.phone.port} (127.0.0.1, port ${server.phone.port}, UDP) does not accept the password of "4930123": check "user" and "password".`,
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it("goes on when only its nonce was too old", async () => {
    const server = await registrar();
    const opening = endpoint(server);
    server.challenge(await server.phone.hear("REGISTER"));
    const old = await server.phone.hear("REGISTER");
    server.nonce = "n2";
    server.challenge(old, ", stale=true");
    const request = await server.phone.hear("REGISTER");
    expect(server.isRight(request)).toBe(true);
    server.grant(request);
    expect((await opening).endpoint.registered).toBe(true);
  });

  it("asks for longer where the registrar wants to be asked less often", async () => {
    const server = await registrar();
    const opening = endpoint(server);
    server.phone.answer(await server.phone.hear("REGISTER"), "423 Interval Too Brief", {
      headers: ["Min-Expires: 3600"],
    });
    const request = await server.phone.hear("REGISTER");
    expect(request.headers.get("expires")).toBe("3600");
    server.grant(request);
    await opening;
  });

  it("that lapses is tried again after 30 s, then 60 s, and the log says so", async () => {
    const server = await registrar();
    const [, { endpoint: sip, logger }] = await Promise.all([server.serve(), endpoint(server)]);
    const isLost = async (count: number): Promise<void> => {
      await expect
        .poll(() => logger.at("warn").filter((line) => line.includes("do not reach us")).length, { interval: 5 })
        .toBe(count);
    };
    clock.advance(540_000);
    server.phone.answer(await server.phone.hear("REGISTER"), "503 Service Unavailable");
    await isLost(1);
    expect(sip.registered).toBe(false);
    clock.advance(30_000);
    server.phone.answer(await server.phone.hear("REGISTER"), "503 Service Unavailable");
    await isLost(2);
    clock.advance(60_000);
    await server.serve();
    await expect.poll(() => sip.registered, { interval: 5 }).toBe(true);
    expect(logger.at("warn").map((line) => line.match(/in \d+ s/)?.[0])).toEqual(["in 30 s", "in 60 s"]);
  });

  it("that finds no server says so", async () => {
    const server = await registrar();
    const opening = endpoint(server);
    const refused = rejectionOf(opening);
    await server.phone.hear("REGISTER");
    clock.advance(32_000);
    clock.advance(2000);
    expect(await refused).toMatchObject({
      code: "registration_failed",
      message: expect.stringContaining("does not answer") as string,
    });
  });

  it("has calls of numbers made by its server", async () => {
    const server = await registrar();
    const [, { endpoint: sip }] = await Promise.all([server.serve(), endpoint(server)]);
    const refused = rejectionOf(sip.call("+49 (30) 123-45"));
    const invite = await server.phone.hear("INVITE");
    expect([invite.uri, invite.from.uri]).toEqual([
      `sip:+493012345@127.0.0.1:${server.phone.port}`,
      "sip:4930123@127.0.0.1",
    ]);
    server.phone.answer(invite, "404 Not Found");
    expect(await refused).toMatchObject({ code: "call_failed" });
  });
});
