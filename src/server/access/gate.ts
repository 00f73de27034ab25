import type { Clock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { type RefusalCode, refusal, refusalStatus } from "../../protocol/refusal.ts";
import { type Identity, identityName } from "../../session/identity.ts";
import type { Logger } from "../../session/logger.ts";
import type { CheckedAccessOptions } from "./access-options.ts";
import { AllowedOrigins } from "./allowed-origins.ts";
import { addressGroup, isLoopback } from "./client-address.ts";
import type { ConnectionRequest } from "./connection-request.ts";
import { RateLimiter } from "./rate-limiter.ts";

export interface GateOptions extends Pick<CheckedAccessOptions, "authenticate" | "allowedOrigins" | "rateLimits"> {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told of every request that is turned away. */
  readonly onRefused: (code: RefusalCode) => void;
}

/** Whether a request may come in, and as whom. */
export type Verdict =
  | { readonly type: "admitted"; readonly identity: Identity | undefined }
  | { readonly type: "refused"; readonly response: Response };

/** How long `authenticate` may take, in milliseconds. */
const AUTHENTICATE_MS = 10_000;
/** How long after a line on the log the next failure of `authenticate` is not told, in milliseconds: anyone can bring it about. */
const QUIET_MS = 10_000;

/** Where every request passes that could begin or steer a session: by origin, by how often it comes, and by who it is. */
export class Gate {
  readonly origins: AllowedOrigins;
  readonly #options: GateOptions;
  readonly #byAddress: RateLimiter | undefined;
  readonly #byIdentity: RateLimiter | undefined;
  #toldAtMs = -Infinity;

  constructor(options: GateOptions) {
    const { allowedOrigins, rateLimits, clock } = options;
    this.#options = options;
    this.origins = new AllowedOrigins(allowedOrigins, options.authenticate === undefined);
    this.#byAddress = rateLimits?.address ? new RateLimiter(rateLimits.address, clock) : undefined;
    this.#byIdentity = rateLimits?.identity ? new RateLimiter(rateLimits.identity, clock) : undefined;
  }

  /** At once where nobody has to be asked; never rejects. */
  check(request: ConnectionRequest): Verdict | Promise<Verdict> {
    // Reads change nothing, and a browser shows their answer to no page that may not have it.
    const isRead = (request.route === "page" || request.route === "metrics") && request.method !== "POST";
    if (!isRead && !this.origins.allow(request.headers)) {
      return this.#refuse(
        request,
        "origin_not_allowed",
        `Pages of ${request.headers.get("origin") ?? ""} may not use this stream. Its option allowedOrigins names those that may; a proxy in front has to pass on the Host.`,
      );
    }
    const { address } = request;
    if (this.#byAddress && address !== undefined && !isLoopback(address)) {
      const waitS = this.#byAddress.take(addressGroup(address));
      if (waitS > 0) return this.#tooOften(request, waitS);
    }
    const { authenticate } = this.#options;
    if (!authenticate) return { type: "admitted", identity: undefined };
    return this.#ask(authenticate, request);
  }

  async #ask(authenticate: NonNullable<GateOptions["authenticate"]>, request: ConnectionRequest): Promise<Verdict> {
    const { clock } = this.#options;
    let cancel = (): void => {};
    const timeIsUp = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(AUTHENTICATE_MS, () =>
        reject(new Error(`it took longer than ${AUTHENTICATE_MS / 1000} seconds`)),
      );
    });
    try {
      const answer = await Promise.race([authenticate(request), timeIsUp]);
      if (answer instanceof Response) {
        this.#options.onRefused("unauthorized");
        return { type: "refused", response: answer };
      }
      const name = identityName(answer);
      if (name !== undefined && answer !== null && answer !== undefined) return this.#admit(request, answer, name);
      if (answer !== null && answer !== undefined) {
        this.#tell(request, 'an identity is a string, or an object whose "id" is one, of 1 to 512 characters');
      }
    } catch (thrown) {
      this.#tell(request, toError(thrown).message);
    } finally {
      cancel();
    }
    return this.#refuse(request, "unauthorized", "You are not logged in, or may not use this stream.");
  }

  #admit(request: ConnectionRequest, identity: Identity, name: string): Verdict {
    const waitS = this.#byIdentity?.take(name) ?? 0;
    return waitS > 0 ? this.#tooOften(request, waitS) : { type: "admitted", identity };
  }

  /** Says on the log why nobody was let in; what the request holds that is secret is left out. */
  #tell({ headers, url, route }: ConnectionRequest, reason: string): void {
    const { logger, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#toldAtMs < QUIET_MS) return;
    this.#toldAtMs = nowMs;
    logger.warn(`authenticate let nobody in for ${route}: ${withoutSecrets(reason, headers, url)}`);
  }

  #tooOften(request: ConnectionRequest, waitS: number): Verdict {
    const sentence = `Too many requests. Try again in ${waitS} ${waitS === 1 ? "second" : "seconds"}.`;
    return this.#refuse(request, "rate_limited", sentence, { "retry-after": String(waitS) });
  }

  /** Offers and ids are answered as FastRTC's front ends expect it, all else with the sentence. */
  #refuse(
    { route }: ConnectionRequest,
    code: RefusalCode,
    sentence: string,
    extra: Record<string, string> = {},
  ): Verdict {
    this.#options.onRefused(code);
    const init = { status: refusalStatus(code), headers: { "cache-control": "no-store", ...extra } };
    const response =
      route === "offer" || route === "id"
        ? Response.json(refusal(code, sentence), init)
        : new Response(`${sentence}\n`, init);
    return { type: "refused", response };
  }
}

/** Shortest value that is taken for a secret: a shorter one would blacken half of the sentence. */
const MIN_SECRET_LENGTH = 6;

/** A text without what stands in a request's headers and query. */
function withoutSecrets(text: string, headers: Headers, url: string): string {
  const query = URL.canParse(url) ? [...new URL(url).searchParams.values()] : [];
  const values = [...headers.values(), ...query].flatMap((value) => [value, ...value.split(/[\s,;=]+/)]);
  return values
    .filter((value) => value.length >= MIN_SECRET_LENGTH)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, "[removed]"), text);
}
