import { z } from "zod";
import { FastRtcError } from "../errors.ts";
import { parseJson } from "../protocol/json-fields.ts";
import { type ServiceReply, type ServiceRequestOptions, askService } from "../service-request.ts";

/** A number that leads to one's server, for as long as minutes are left. */
export interface PhoneNumber {
  /** The number to call, such as "+1 877-713-4471". */
  readonly phone: string;
  /** What a caller types in to reach this server and nobody else's. */
  readonly code: string;
  /** How long calls may take altogether until the reset, in seconds. */
  readonly timeRemainingS: number;
  /** When the time is given anew, as the service writes it. */
  readonly resetDate: string;
}

export interface PhoneNumberServiceOptions {
  /** The service, and those that are asked when it does not answer; without a slash at the end. */
  readonly addresses: readonly string[];
  /** A token of Hugging Face. */
  readonly token: string;
}

/** How long the service may take to answer, in milliseconds. */
const TIMEOUT_MS = 30_000;
/** How long the way out may take: nobody waits long for a server to end. */
const UNREGISTER_MS = 5000;

const replySchema = z.object({
  phone: z.string().min(1),
  code: z.union([z.string().min(1), z.number()]).transform(String),
  time_remaining: z.number(),
  reset_date: z.string(),
});
const resetSchema = z.object({ reset_date: z.string() });

/** FastPhone's API: it lends a telephone number to a server that the internet can reach. */
export class PhoneNumberService {
  readonly #addresses: readonly string[];
  readonly #token: string;
  /** The one that gave the number. */
  #address: string;

  constructor({ addresses, token }: PhoneNumberServiceOptions) {
    this.#addresses = addresses;
    this.#address = addresses[0] ?? "";
    this.#token = token;
  }

  /**
   * Asks for a number that leads to `host`, the public name of this server.
   * @throws {FastRtcError} `fastphone_failed` when there is none to be had; the signal's reason.
   */
  async register(host: string, signal: AbortSignal): Promise<PhoneNumber> {
    const failures: FastRtcError[] = [];
    for (const address of this.#addresses) {
      this.#address = address;
      try {
        return await this.#registerAt(address, host, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof FastRtcError)) throw thrown;
        if (thrown instanceof QuotaError) throw thrown;
        failures.push(thrown);
      }
    }
    // What one of them said is worth more than that another was not there.
    throw failures.find(({ cause }) => cause === undefined) ?? failures[0] ?? noService();
  }

  /**
   * Gives the number back.
   * @throws {FastRtcError} `fastphone_failed`.
   */
  async unregister(host: string, code: string): Promise<void> {
    const reply = await this.#post(this.#address, "/unregister", { url: host, code }, { timeoutMs: UNREGISTER_MS });
    if (!isOk(reply)) throw new FastRtcError("fastphone_failed", `FastPhone kept the number: ${reply.status}.`);
  }

  async #registerAt(address: string, host: string, signal: AbortSignal): Promise<PhoneNumber> {
    const response = await this.#post(address, "/register", { url: host }, { timeoutMs: TIMEOUT_MS, signal });
    const body = parseJson(response.text); // What is no JSON holds no number either.
    if (response.status === 202) throw new QuotaError(resetSchema.safeParse(body).data?.reset_date);
    if (!isOk(response)) throw refused(response.status, address);
    const reply = replySchema.safeParse(body);
    if (!reply.success) {
      throw new FastRtcError("fastphone_failed", `${address} answered something that holds no telephone number.`);
    }
    const { phone, code, time_remaining: timeRemainingS, reset_date: resetDate } = reply.data;
    return { phone, code, timeRemainingS, resetDate };
  }

  #post(address: string, path: string, body: object, options: ServiceRequestOptions): Promise<ServiceReply> {
    return askService(
      {
        service: `FastPhone (${address})`,
        url: address + path,
        method: "POST",
        headers: { "content-type": "application/json", authorization: this.#token },
        body: JSON.stringify(body),
        secrets: [this.#token],
        errorCode: "fastphone_failed",
        consequence: "Is this machine connected to the internet?",
      },
      options,
    );
  }
}

function isOk({ status }: ServiceReply): boolean {
  return status >= 200 && status < 300;
}

class QuotaError extends FastRtcError {
  constructor(resetDate: string | undefined) {
    const when = resetDate === undefined ? "They come back every month." : `They come back on ${resetDate}.`;
    super("fastphone_failed", `FastPhone's minutes of this Hugging Face account are used up. ${when}`);
  }
}

function refused(status: number, address: string): FastRtcError {
  const reason =
    status === 401 || status === 403
      ? "FastPhone does not know this token of Hugging Face. Check it at https://huggingface.co/settings/tokens."
      : `FastPhone (${address}) answered ${status}. Try again later.`;
  return new FastRtcError("fastphone_failed", reason);
}

function noService(): FastRtcError {
  return new FastRtcError("fastphone_failed", "No FastPhone service was named.");
}
