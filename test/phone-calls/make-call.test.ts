import { generateKeyPairSync, verify } from "node:crypto";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeCall } from "../../src/phone-calls/make-call.ts";
import type { MakeCallOptions } from "../../src/phone-calls/make-call-options.ts";

const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PRIVATE_KEY = KEYS.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const NUMBERS = { to: "+15551234567", from: "+15557654321", url: "https://example.com/rtc" };

const CALLS: Readonly<Record<MakeCallOptions["carrier"], MakeCallOptions>> = {
  twilio: { ...NUMBERS, carrier: "twilio", accountSid: "AC1", authToken: "secret" },
  telnyx: { ...NUMBERS, carrier: "telnyx", applicationId: "1", apiKey: "secret" },
  plivo: { ...NUMBERS, carrier: "plivo", authId: "MA1", authToken: "secret" },
  vonage: { ...NUMBERS, carrier: "vonage", applicationId: "app", privateKey: PRIVATE_KEY },
};
const ANSWERS: Readonly<Record<MakeCallOptions["carrier"], object>> = {
  twilio: { sid: "the call", status: "queued" },
  telnyx: { call_sid: "the call", from: "+15557654321", status: "queued", to: "+15551234567" },
  plivo: { message: "call fired", request_uuid: "the call", api_id: "a" },
  vonage: { uuid: "the call", status: "started", direction: "outbound", conversation_uuid: "CON-1" },
};
const carriers = Object.keys(CALLS) as MakeCallOptions["carrier"][];

interface Recorded {
  readonly path: string | undefined;
  readonly authorization: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** Stands for the HTTP API of each company. */
let server: Server;
let baseUrl: string;
let reply: { readonly status: number; readonly body: string } | "silence";
const requests: Recorded[] = [];

beforeEach(async () => {
  requests.length = 0;
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { authorization = "", "content-type": contentType } = request.headers;
      requests.push({ path: `${request.method} ${request.url}`, authorization, contentType, body });
      if (reply !== "silence") response.writeHead(reply.status).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe("a call is made", () => {
  test.each(carriers)("by %s: its webhook will be asked what to do", async (carrier) => {
    reply = { status: 201, body: JSON.stringify(ANSWERS[carrier]) };
    expect(await makeCall({ ...CALLS[carrier], baseUrl })).toEqual({ callId: "the call" });
    const webhook = `https://example.com/rtc/telephone/${carrier === "twilio" ? "" : `${carrier}/`}incoming`;
    const [request] = requests;
    const basic = (user: string): string => `Basic ${Buffer.from(`${user}:secret`).toString("base64")}`;
    const json = "application/json";
    const expected = {
      twilio: {
        path: "POST /2010-04-01/Accounts/AC1/Calls.json",
        authorization: basic("AC1"),
        contentType: "application/x-www-form-urlencoded",
        body: `To=%2B15551234567&From=%2B15557654321&Url=${encodeURIComponent(webhook)}&Method=POST`,
      },
      telnyx: {
        path: "POST /v2/texml/calls/1",
        authorization: "Bearer secret",
        contentType: json,
        body: JSON.stringify({ To: NUMBERS.to, From: NUMBERS.from, Url: webhook, Method: "POST" }),
      },
      plivo: {
        path: "POST /v1/Account/MA1/Call/",
        authorization: basic("MA1"),
        contentType: json,
        body: JSON.stringify({ to: "15551234567", from: "15557654321", answer_url: webhook, answer_method: "POST" }),
      },
      vonage: {
        path: "POST /v1/calls",
        authorization: request?.authorization,
        contentType: json,
        body: JSON.stringify({
          to: [{ type: "phone", number: "15551234567" }],
          from: { type: "phone", number: "15557654321" },
          answer_url: [webhook],
          answer_method: "POST",
        }),
      },
    };
    expect(requests).toEqual([expected[carrier]]);
  });

  test("by Vonage with a token that its application has signed, for a minute", async () => {
    reply = { status: 201, body: JSON.stringify(ANSWERS.vonage) };
    await makeCall({ ...CALLS.vonage, baseUrl });
    const token = requests[0]?.authorization.replace("Bearer ", "") ?? "";
    const [header = "", claims = "", signature = ""] = token.split(".");
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(
      verify("sha256", Buffer.from(`${header}.${claims}`), KEYS.publicKey, Buffer.from(signature, "base64url")),
    ).toBe(true);
    expect(read(header)).toEqual({ alg: "RS256", typ: "JWT" });
    const { iat, exp, ...rest } = read(claims) as { iat: number; exp: number };
    expect([exp - iat, rest]).toEqual([60, { application_id: "app", jti: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  });

  test("with credentials of the environment", async () => {
    vi.stubEnv("TWILIO_ACCOUNT_SID", "AC2");
    vi.stubEnv("TWILIO_AUTH_TOKEN", "other");
    reply = { status: 201, body: JSON.stringify(ANSWERS.twilio) };
    await makeCall({ ...NUMBERS, carrier: "twilio", baseUrl });
    expect(requests[0]?.path).toBe("POST /2010-04-01/Accounts/AC2/Calls.json");
  });
});

describe("a call that cannot be made is one sentence", () => {
  test.each([
    [
      { status: 401, body: '{"code":20003,\n"message":"Authenticate with secret"}' },
      'Twilio answered 401 and made no call. Check the credentials. It said: {"code":20003, "message":"Authenticate with [hidden]"}',
    ],
    [{ status: 400, body: "" }, "Twilio answered 400 and made no call."],
    [{ status: 201, body: "{}" }, "Twilio answered something that names no call."],
    [{ status: 200, body: "<html>" }, "Twilio answered something that names no call."],
  ])("for the answer %j", async (answer, sentence) => {
    reply = answer;
    await expect(makeCall({ ...CALLS.twilio, baseUrl })).rejects.toMatchObject({
      code: "call_failed",
      message: sentence,
    });
  });

  test("when nobody answers, or the caller gives up", async () => {
    reply = "silence";
    await expect(makeCall({ ...CALLS.twilio, baseUrl, timeoutMs: 20 })).rejects.toThrow(
      "Twilio did not answer within 20 ms. No call was made.",
    );
    const signal = AbortSignal.abort(new Error("Enough."));
    await expect(makeCall({ ...CALLS.twilio, baseUrl, signal })).rejects.toThrow("Enough.");
    await expect(makeCall({ ...CALLS.twilio, baseUrl: "http://127.0.0.1:1" })).rejects.toThrow("could not be reached");
  });

  test.each([
    [{ to: "5551234" }, "to is a number in E.164"],
    [{ from: "+0" }, "from is a number in E.164"],
    [{ url: "example.com" }, "url is the public address"],
    [{ url: "ftp://example.com" }, "url is the public address"],
    [{ baseUrl: "nowhere" }, "baseUrl has to be an address"],
    [{ authToken: "" }, "authToken is missing. Pass it, or set TWILIO_AUTH_TOKEN."],
  ])("for %j", async (wrong, words) => {
    vi.stubEnv("TWILIO_AUTH_TOKEN", "");
    await expect(makeCall({ ...CALLS.twilio, ...wrong })).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining(words),
    });
  });

  test.each([undefined, null, {}, { ...CALLS.twilio, carrier: "acme" }, { ...CALLS.twilio, carrier: "toString" }])(
    "for a carrier that is none: %j",
    async (options) => {
      await expect(makeCall(options as MakeCallOptions)).rejects.toMatchObject({
        code: "invalid_argument",
        message: 'makeCall: carrier is "twilio", "telnyx", "plivo" or "vonage".',
      });
    },
  );

  test("for a private key that is none, without showing it", async () => {
    const error: unknown = await makeCall({ ...CALLS.vonage, privateKey: "my secret" } as MakeCallOptions).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).toContain("privateKey is no private key in PEM");
    expect(JSON.stringify([error, String((error as Error).cause)])).not.toContain("my secret");
  });
});
