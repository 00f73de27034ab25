import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  getCloudflareTurnCredentials,
  getHfTurnCredentials,
  getTurnCredentials,
  getTwilioTurnCredentials,
} from "../../src/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { turn } from "../support/turn.ts";
import { TurnService, type TurnServiceReply } from "./turn-service.ts";

// The documented example of POST /v1/turn/keys/{id}/credentials/generate-ice-servers.
const CLOUDFLARE = {
  iceServers: [
    { urls: ["stun:stun.cloudflare.com:3478", "stun:stun.cloudflare.com:53"] },
    {
      urls: ["turn:turn.cloudflare.com:3478?transport=udp", "turns:turn.cloudflare.com:443?transport=tcp"],
      username: "bc91b63e2b5d759f8eb9f3b58062439e0a0e15893d76317d833265ad08d6631099ce7c7087caabb31ad3e1c386424e3e",
      credential: "ebd71f1d3edbc2b0edae3cd5a6d82284aeb5c3b8fdaa9b8e3bf9cec683e0d45fe9f5b44e5145db3300f06c250a15b4a0",
    },
  ],
};
// The documented example of POST /2010-04-01/Accounts/{sid}/Tokens.json, shortened.
const TWILIO = {
  account_sid: "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  ice_servers: [
    { url: "stun:global.stun.twilio.com:3478", urls: "stun:global.stun.twilio.com:3478" },
    {
      url: "turn:global.turn.twilio.com:3478?transport=udp",
      urls: "turn:global.turn.twilio.com:3478?transport=udp",
      username: "dc2d2894d5a9023620c467b0e71cfa6a35457e6679785ed6ae9856fe5bdfa269",
      credential: "tE2DajzSJwnsSbc123",
    },
  ],
  password: "tE2DajzSJwnsSbc123",
  ttl: "86400",
  username: "dc2d2894d5a9023620c467b0e71cfa6a35457e6679785ed6ae9856fe5bdfa269",
};

beforeEach(() => {
  for (const name of [
    "HF_TOKEN",
    "CLOUDFLARE_TURN_KEY_ID",
    "CLOUDFLARE_TURN_KEY_API_TOKEN",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
  ]) {
    vi.stubEnv(name, "");
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("TURN credentials", () => {
  test("of Cloudflare are asked for with a key", async () => {
    await using service = await TurnService.start({ status: 201, body: JSON.stringify(CLOUDFLARE) });
    const { baseUrl } = service;
    const credentials = await getCloudflareTurnCredentials({
      turnKeyId: "key id",
      turnKeyApiToken: "t0ken",
      ttl: 900,
      baseUrl,
    });
    expect(credentials).toEqual(CLOUDFLARE);
    expect(service.requests).toEqual([
      {
        method: "POST",
        url: "/v1/turn/keys/key%20id/credentials/generate-ice-servers",
        authorization: "Bearer t0ken",
        contentType: "application/json",
        body: '{"ttl":900}',
      },
    ]);
  });

  test("of Hugging Face are asked for with a token, and one server alone becomes a list", async () => {
    const [, server] = CLOUDFLARE.iceServers;
    await using service = await TurnService.start({ body: JSON.stringify({ iceServers: server }) });
    expect(await getHfTurnCredentials({ token: "hf_1", baseUrl: service.baseUrl })).toEqual({ iceServers: [server] });
    expect(service.requests).toEqual([
      {
        method: "GET",
        url: "/credentials?ttl=600",
        authorization: "Bearer hf_1",
        contentType: undefined,
        body: "",
      },
    ]);
  });

  test("of Twilio are asked for with the account, and ask for relays", async () => {
    await using service = await TurnService.start({ status: 201, body: JSON.stringify(TWILIO) });
    const credentials = await getTwilioTurnCredentials({
      twilioSid: TWILIO.account_sid,
      twilioToken: "s3cret",
      ttl: 60,
      baseUrl: service.baseUrl,
    });
    expect(credentials).toEqual({
      iceServers: [
        { urls: "stun:global.stun.twilio.com:3478" },
        {
          urls: "turn:global.turn.twilio.com:3478?transport=udp",
          username: TWILIO.username,
          credential: TWILIO.password,
        },
      ],
      iceTransportPolicy: "relay",
    });
    expect(service.requests).toEqual([
      {
        method: "POST",
        url: `/2010-04-01/Accounts/${TWILIO.account_sid}/Tokens.json`,
        authorization: `Basic ${btoa(`${TWILIO.account_sid}:s3cret`)}`,
        contentType: "application/x-www-form-urlencoded",
        body: "Ttl=60",
      },
    ]);
  });

  test("take account, key and token from the environment", async () => {
    await using service = await TurnService.start({ body: JSON.stringify(CLOUDFLARE) });
    const { baseUrl } = service;
    vi.stubEnv("CLOUDFLARE_TURN_KEY_ID", "env-key");
    vi.stubEnv("CLOUDFLARE_TURN_KEY_API_TOKEN", "env-api");
    vi.stubEnv("TWILIO_ACCOUNT_SID", "AC1");
    vi.stubEnv("TWILIO_AUTH_TOKEN", "env-twilio");
    await getTurnCredentials(undefined, { baseUrl });
    vi.stubEnv("HF_TOKEN", " env-hf\n");
    await getTurnCredentials("cloudflare", { baseUrl });
    await getTurnCredentials("hf", { baseUrl });
    await getTurnCredentials("twilio", { baseUrl });
    // What is passed goes before the environment's Hugging Face token.
    await getTurnCredentials("cloudflare", { turnKeyId: "mine", turnKeyApiToken: "own", baseUrl });
    expect(service.requests.map(({ url, authorization }) => [url, authorization])).toEqual([
      ["/v1/turn/keys/env-key/credentials/generate-ice-servers", "Bearer env-api"],
      ["/credentials?ttl=600", "Bearer env-hf"],
      ["/credentials?ttl=600", "Bearer env-hf"],
      ["/2010-04-01/Accounts/AC1/Tokens.json", `Basic ${btoa("AC1:env-twilio")}`],
      ["/v1/turn/keys/mine/credentials/generate-ice-servers", "Bearer own"],
    ]);
  });

  test("cannot be had without a key, and the error says what to set", async () => {
    await expect(getCloudflareTurnCredentials({ turnKeyId: "only" })).rejects.toThrow(
      /HF_TOKEN, or CLOUDFLARE_TURN_KEY_ID/,
    );
    await expect(getHfTurnCredentials()).rejects.toThrow(/HF_TOKEN/);
    await expect(getTwilioTurnCredentials()).rejects.toThrow(/TWILIO_ACCOUNT_SID/);
    await expect(getTurnCredentials("other" as "hf")).rejects.toThrow(/"cloudflare", "hf" or "twilio"/);
    await expect(getHfTurnCredentials({ token: "a", ttl: 0.5 })).rejects.toThrow(/whole number of seconds/);
    await expect(getHfTurnCredentials({ token: "a", baseUrl: "ftp://x" })).rejects.toThrow(/baseUrl/);
  });

  test("that a service refuses are an error with its words, and without the token", async () => {
    const secret = "very-secret-token";
    await using service = await TurnService.start({
      status: 401,
      body: JSON.stringify({ code: 20003, message: `no such token: ${secret}` }),
    });
    const thrown = await getHfTurnCredentials({ token: secret, baseUrl: service.baseUrl }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({
      code: "turn_credentials_failed",
      message:
        "turn.fastrtc.org answered 401. Check the account, key and token. " +
        'It said: {"code":20003,"message":"no such token: [hidden]"}',
    });
    expect(inspect(thrown, { depth: Infinity })).not.toContain(secret);
  });

  test("with a token that no header can carry are an error that shows it nowhere", async () => {
    const thrown = await getHfTurnCredentials({ token: "very\nsecret", baseUrl: "http://127.0.0.1:9" }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({
      code: "turn_credentials_failed",
      message: expect.stringContaining("could not be reached"),
    });
    expect(inspect(thrown, { depth: Infinity })).not.toContain("secret");
  });

  test("are an error when the service answers something else, leads elsewhere or is not there", async () => {
    const reasonOf = async (reply: TurnServiceReply): Promise<string> => {
      await using service = await TurnService.start(reply);
      const thrown = await getHfTurnCredentials({ token: "a-token", baseUrl: service.baseUrl }).catch(
        (error: unknown) => error,
      );
      expect(thrown).toMatchObject({ code: "turn_credentials_failed" });
      return (thrown as Error).message;
    };
    expect(await reasonOf({ body: "<html>" })).toBe("turn.fastrtc.org answered something that holds no iceServers.");
    expect(await reasonOf({ body: '{"iceServers":[{}]}' })).toMatch(/holds no iceServers/);
    expect(await reasonOf({ status: 302, headers: { location: "http://127.0.0.1:9/" }, body: "" })).toMatch(
      /could not be reached/,
    );
    const gone = await TurnService.start("silence");
    const { baseUrl } = gone;
    await gone[Symbol.asyncDispose]();
    await expect(getHfTurnCredentials({ token: "a-token", baseUrl })).rejects.toThrow(/could not be reached/);
  });

  test("are given up when the service is silent, and when the signal says so", async () => {
    await using service = await TurnService.start("silence");
    const { baseUrl } = service;
    const clock = new ManualClock();
    const asking = getHfTurnCredentials({ token: "a", baseUrl, clock }).catch((error: unknown) => error);
    clock.advance(5000);
    expect(await asking).toMatchObject({
      code: "turn_credentials_failed",
      message: "turn.fastrtc.org did not answer within 5000 ms. No TURN credentials.",
    });
    expect(clock.pendingTimers).toBe(0);

    const controller = new AbortController();
    const aborted = getHfTurnCredentials({ token: "a", baseUrl, clock, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await turn();
    expect(clock.pendingTimers).toBe(0);
  });
});
