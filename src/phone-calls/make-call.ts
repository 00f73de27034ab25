import { type Clock, systemClock } from "../async/clock.ts";
import { FastRtcError } from "../errors.ts";
import { parseJson } from "../protocol/json-fields.ts";
import { parsePublicHost } from "../protocol/public-host.ts";
import { askService, quoteReply } from "../service-request.ts";
import { callRequest } from "./carrier-api.ts";
import type { MadeCall, MakeCallOptions } from "./make-call-options.ts";

/**
 * Has a telephone company call somebody, who then talks to a Stream: once the call is answered, the company asks the Stream's webhook at
 * `url` what to do, as for a call that came in. That Stream takes calls of the company: Twilio's always, others where its option
 * `carriers` names them.
 * @throws {FastRtcError} `invalid_argument` for numbers, address or credentials; `call_failed` when the company makes no call; the
 * signal's reason.
 */
export async function makeCall(options: MakeCallOptions, clock: Clock = systemClock): Promise<MadeCall> {
  checkCarrier(options);
  for (const [name, number] of Object.entries({ to: options.to, from: options.from })) {
    if (typeof number === "string" && /^\+[1-9]\d{6,14}$/.test(number)) continue;
    throw new FastRtcError("invalid_argument", `makeCall: ${name} is a number in E.164, such as "+15551234567".`);
  }
  const request = callRequest(options, webhookOf(options), clock.wallMs());
  const { baseUrl, timeoutMs = 10_000, signal } = options;
  const { company, defaultBaseUrl, path, authorization, contentType, body, secrets } = request;
  const answer = await askService(
    {
      service: company,
      url: `${apiAddress(baseUrl ?? defaultBaseUrl)}${path}`,
      method: "POST",
      headers: { authorization, "content-type": contentType },
      body,
      secrets,
      errorCode: "call_failed",
      consequence: "No call was made.",
    },
    { timeoutMs, signal, clock },
  );
  const { status } = answer;
  if (status < 200 || status > 299) {
    const advice = status === 401 || status === 403 ? "Check the credentials. " : "";
    throw failed(`${company} answered ${status} and made no call. ${advice}${quoteReply(answer, secrets)}`);
  }
  const reply = request.reply.safeParse(parseJson(answer.text)); // What is no JSON names no call either.
  if (!reply.success) throw failed(`${company} answered something that names no call.`);
  return { callId: reply.data };
}

const CARRIERS: Readonly<Record<MakeCallOptions["carrier"], true>> = {
  twilio: true,
  telnyx: true,
  plivo: true,
  vonage: true,
};

/** JavaScript may call with anything, or with nothing. */
function checkCarrier(options: unknown): void {
  const carrier: unknown =
    typeof options === "object" && options !== null ? Reflect.get(options, "carrier") : undefined;
  if (typeof carrier === "string" && Object.hasOwn(CARRIERS, carrier)) return;
  const known = Object.keys(CARRIERS).map((name) => JSON.stringify(name));
  throw new FastRtcError(
    "invalid_argument",
    `makeCall: carrier is ${known.slice(0, -1).join(", ")} or ${known.at(-1)}.`,
  );
}

function webhookOf({ carrier, url }: MakeCallOptions): string {
  const address = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/.test(address.protocol) || parsePublicHost(address.host) === undefined) {
    throw new FastRtcError(
      "invalid_argument",
      'makeCall: url is the public address of the Stream, such as "https://example.com/rtc".',
    );
  }
  const route = carrier === "twilio" ? "telephone/incoming" : `telephone/${carrier}/incoming`;
  return `${address.origin}${address.pathname.replace(/\/+$/, "")}/${route}`;
}

function apiAddress(baseUrl: string): string {
  if (URL.canParse(baseUrl) && /^https?:/i.test(baseUrl)) return baseUrl.replace(/\/+$/, "");
  throw new FastRtcError("invalid_argument", 'makeCall: baseUrl has to be an address like "https://api.example.com".');
}

function failed(message: string): FastRtcError {
  return new FastRtcError("call_failed", message.trim());
}
