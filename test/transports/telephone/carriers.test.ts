import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Clock } from "../../../src/async/clock.ts";
import { StreamHandler } from "../../../src/handlers/stream-handler.ts";
import type { AudioFrame } from "../../../src/media/audio-frame.ts";
import { createHandlerFactory } from "../../../src/handlers/create-handler-factory.ts";
import type { Carrier } from "../../../src/transports/telephone/carrier.ts";
import { configuredCarriers } from "../../../src/transports/telephone/configured-carriers.ts";
import { plivoCarrier } from "../../../src/transports/telephone/plivo-carrier.ts";
import { TICKET_PARAMETER } from "../../../src/transports/telephone/stream-tickets.ts";
import { TelephoneCalls } from "../../../src/transports/telephone/telephone-calls.ts";
import { telnyxCarrier } from "../../../src/transports/telephone/telnyx-carrier.ts";
import { vonageCarrier } from "../../../src/transports/telephone/vonage-carrier.ts";
import { type AudioSessionsOptions, audioSessions, echoHandler } from "../../support/audio-session.ts";
import { MemorySocket } from "../../support/memory-socket.ts";
import { plivoDialect, telnyxDialect, vonageDialect } from "../../support/phone-dialects.ts";
import { type PhoneDialect, SimulatedPhone } from "../../support/simulated-phone.ts";
import { turns } from "../../support/turns.ts";

const KEYS = generateKeyPairSync("ed25519");
const PUBLIC_KEY = KEYS.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
const SECRET = "the account's own";

interface Signed {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Company {
  readonly make: (clock: Clock, checked: boolean) => Carrier;
  readonly dialect: (parameters?: Readonly<Record<string, string>>) => PhoneDialect;
  /** A webhook of the company, as it signs them. */
  readonly webhook: (clock: Clock) => Signed;
  /** The ticket in the answer to a webhook. */
  readonly ticket: (answer: string) => string | undefined;
}

const seconds = (clock: Clock): string => String(Math.floor(clock.wallMs() / 1000));
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const FORM = "CallSid=c1&From=%2B15551234567";

const COMPANIES: Readonly<Record<string, Company>> = {
  Telnyx: {
    make: (clock, checked) => telnyxCarrier({ publicKey: checked ? PUBLIC_KEY : undefined, secret: undefined, clock }),
    dialect: telnyxDialect,
    webhook: (clock) => ({
      path: "/rtc/telephone/telnyx/incoming",
      body: FORM,
      headers: {
        "telnyx-timestamp": seconds(clock),
        "telnyx-signature-ed25519": sign(null, Buffer.from(`${seconds(clock)}|${FORM}`), KEYS.privateKey).toString(
          "base64",
        ),
      },
    }),
    ticket: (answer) => /<Parameter name="fastrtcTicket" value="(\w+)"/.exec(answer)?.[1],
  },
  Plivo: {
    make: (clock, checked) => plivoCarrier(checked ? SECRET : undefined, clock),
    dialect: plivoDialect,
    webhook: () => {
      const text = "https://example.com/rtc/telephone/plivo/incoming?CallSidc1From+15551234567.12345";
      return {
        path: "/rtc/telephone/plivo/incoming",
        body: FORM,
        headers: {
          "x-plivo-signature-v3-nonce": "12345",
          "x-plivo-signature-v3": `AAAA,${createHmac("sha256", SECRET).update(text).digest("base64")}`,
        },
      };
    },
    ticket: (answer) => /extraHeaders="fastrtcTicket=(\w+)"/.exec(answer)?.[1],
  },
  Vonage: {
    make: (clock, checked) => vonageCarrier(checked ? SECRET : undefined, clock),
    dialect: vonageDialect,
    webhook: (clock) => {
      const body = '{"from":"15551234567","to":"15557654321","uuid":"u1"}';
      const hash = createHash("sha256").update(body).digest("hex");
      const claims = { iat: Number(seconds(clock)), iss: "Vonage", api_key: "abc", payload_hash: hash };
      const token = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url(claims)}`;
      const signature = createHmac("sha256", SECRET).update(token).digest("base64url");
      return {
        path: "/rtc/telephone/vonage/incoming",
        body,
        headers: { authorization: `Bearer ${token}.${signature}` },
      };
    },
    ticket: (answer) =>
      (JSON.parse(answer) as { endpoint?: { headers: Record<string, string> }[] }[])[1]?.endpoint?.[0]?.headers[
        TICKET_PARAMETER
      ],
  },
};

function setUp(
  company: Company,
  { checked = false, ...options }: Partial<AudioSessionsOptions> & { checked?: boolean } = {},
) {
  const sessions = audioSessions({ kind: "telephone", ...options });
  const { clock, logger, registry, createSession } = sessions;
  const carrier = company.make(clock, checked);
  const calls = new TelephoneCalls({ registry, createSession, carrier, logger, clock });
  const call = (parameters?: Readonly<Record<string, string>>) => {
    const socket = new MemorySocket();
    const phone = new SimulatedPhone({
      clock,
      dialect: company.dialect(parameters),
      send: (message) => socket.receive(message),
    });
    socket.onText = (text) => phone.receive(text);
    socket.onBinary = (bytes) => phone.receive(bytes.slice());
    calls.accept(socket, { headers: new Headers({ host: "example.com" }), pathAndQuery: "/handler" });
    return { socket, phone };
  };
  /** Moves time in steps of a packet, with everything that waits for promises done between them. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 20) {
      clock.advance(20);
      await turns();
    }
  };
  const post = ({ path, body, headers }: Signed) =>
    calls.incoming(
      { headers: new Headers({ host: "example.com", "x-forwarded-proto": "https", ...headers }), pathAndQuery: path },
      { body, form: new URLSearchParams(body) },
    );
  return { ...sessions, call, pass, post };
}

const sine = (frequency: number, sampleRate: number) => (sample: number) =>
  8000 * Math.sin((2 * Math.PI * frequency * sample) / sampleRate);

/** How often a sound changes its sign, in whole waves per second. */
function frequencyOf(pieces: readonly { readonly samples: Int16Array }[], sampleRate: number): number {
  const samples = pieces.flatMap((piece) => [...piece.samples]);
  const crossings = samples.filter((sample, index) => sample >= 0 && (samples[index - 1] ?? 0) < 0).length;
  return (crossings * sampleRate) / samples.length;
}

/** Speaks without end, until the caller presses a key. */
class Menu extends StreamHandler {
  static readonly keys: string[] = [];
  #isInterrupted = false;
  receive(_frame: AudioFrame): void {}
  emit(): [number, Int16Array] | null {
    return this.#isInterrupted ? null : [8000, Int16Array.from({ length: 800 }, (_, index) => sine(440, 8000)(index))];
  }
  override onDtmf(key: string): void {
    Menu.keys.push(key);
    this.#isInterrupted = true;
    this.clearQueue();
  }
  copy(): Menu {
    return new Menu();
  }
}

describe.each(Object.entries(COMPANIES))("a call of %s", (_name, company) => {
  const rate = company.dialect().sampleRate;

  test("is a session in phone mode that sends back what it hears, by the documented messages", async () => {
    const { call, pass, registry } = setUp(company, { handler: echoHandler });
    const { phone } = call();
    phone.start();
    expect([...registry.sessions].map(({ phoneMode }) => phoneMode)).toEqual([true]);
    phone.speak(sine(440, rate));
    await pass(1000);
    expect(phone.violations).toEqual([]);
    expect(phone.heardMs).toBeGreaterThan(900);
    expect(frequencyOf(phone.heard, rate)).toBeCloseTo(440, -1);
    phone.silence();
  });

  test("tells the handler a key, whose interruption silences the phone at once", async () => {
    Menu.keys.length = 0;
    const factory = createHandlerFactory({ handler: new Menu(), modality: "audio", mode: "send-receive" });
    const { call, pass } = setUp(company, { handler: () => factory.create() });
    const { phone } = call();
    phone.start();
    await pass(1000);
    expect(phone.bufferedMs).toBeGreaterThan(60);
    phone.press("5");
    await pass(40);
    const heardMs = phone.heardMs;
    await pass(500);
    expect([Menu.keys, phone.clearCount, phone.bufferedMs, phone.heardMs - heardMs]).toEqual([["5"], 1, 0, 0]);
  });

  test("frees its place when the caller hangs up, and hears that all lines are busy when there is none", async () => {
    const { call, post, registry, clock } = setUp(company, { limit: 1 });
    const { phone, socket } = call();
    phone.start();
    expect(registry.size).toBe(1);
    expect((await post(company.webhook(clock))).body).toContain("All lines are busy");
    phone.stop();
    socket.close(1000, "");
    await turns();
    expect(registry.size).toBe(0);
    expect((await post(company.webhook(clock))).body).toContain("wss://example.com/rtc/telephone/");
  });

  test("is connected when its webhook is signed, and its WebSocket shows the ticket of the answer, once", async () => {
    const { call, post, registry, clock } = setUp(company, { checked: true, limit: 9 });
    const answer = await post(company.webhook(clock));
    const ticket = company.ticket(answer.body) ?? "";
    expect([answer.status, ticket.length]).toEqual([200, expect.any(Number)]);
    const shown = [{ [TICKET_PARAMETER]: ticket }, { [TICKET_PARAMETER]: ticket }, { [TICKET_PARAMETER]: "x" }, {}];
    for (const parameters of shown) call(parameters).phone.start();
    await turns();
    expect(registry.size).toBe(1);
    const late = company.ticket((await post(company.webhook(clock))).body) ?? "";
    clock.advance(121_000);
    call({ [TICKET_PARAMETER]: late }).phone.start();
    await turns();
    expect([...registry.sessions].length).toBeLessThanOrEqual(1);
  });

  test("is turned down when the webhook is not signed, by another, changed on the way, or late", async () => {
    const { post, clock } = setUp(company, { checked: true });
    const webhook = company.webhook(clock);
    expect(await post({ ...webhook, headers: {} })).toMatchObject({ status: 403 });
    expect(await post({ ...webhook, body: `${webhook.body}&more=1` })).toMatchObject({ status: 403 });
    const wrong = Object.fromEntries(
      Object.entries(webhook.headers).map(([name, value]) => [
        name,
        value.replace(/.(?=.{6}$)/, (c) => (c === "A" ? "B" : "A")),
      ]),
    );
    expect(await post({ ...webhook, headers: wrong })).toMatchObject({ status: 403 });
    if (company === COMPANIES["Plivo"]) return; // Its signature holds no time.
    clock.advance(301_000);
    expect(await post(webhook)).toMatchObject({ status: 403 });
  });
});

test.each([
  [
    "https://example.com/telephone/plivo/incoming",
    "CallUUID=c1&From=%2B15551234567&To=%2B15557654321",
    "4qQ5mom/XMEzbROOvMx35AMpC+DXAOC3ioAsKizVK10=",
  ],
  [
    "https://example.com/telephone/plivo/incoming?line=2&b=1",
    "CallUUID=c1&From=x+y",
    "iAR/TTguq7wFp3Zv7MbzrB6nNhf2B0M/1BpZknaDZFA=",
  ],
  ["https://example.com:8443/rtc/telephone/plivo/incoming?line=2", "", "4llP5HrKWdMMOGUuvu86X4GnChBfjwoHM1isGNBRL6E="],
  ["https://example.com/telephone/plivo/incoming", "", "EgUxHm0TpR0RkWWElAOxKiLq9XwdF2VFYVzqDeqPefs="],
])("Plivo's signature of %s with %j is what Plivo's own library 4.79.0 makes", async (url, body, signature) => {
  const headers = new Headers({ "x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": "12345" });
  const form = [...new URLSearchParams(body)];
  expect(await plivoCarrier("token").sentWebhook({ headers, urls: [url], body, form })).toBe(true);
  expect(await plivoCarrier("tokem").sentWebhook({ headers, urls: [url], body, form })).toBe(false);
});

test("a carrier without its secret is refused: only null lets anyone call", () => {
  expect(() => configuredCarriers({ plivo: {} })).toThrow(
    "carriers.plivo.authToken is missing: pass it, set PLIVO_AUTH_TOKEN, or pass null to let anyone call.",
  );
  expect(() => configuredCarriers({ telnyx: { publicKey: "AAAA" } })).toThrow("the base64 of 32 bytes");
  const carriers = configuredCarriers({
    telnyx: { publicKey: null },
    plivo: { authToken: "a" },
    vonage: { signatureSecret: "b" },
  });
  expect(carriers.map(({ name, checksCallers }) => [name, checksCallers])).toEqual([
    ["Telnyx", false],
    ["Plivo", true],
    ["Vonage", true],
  ]);
});
