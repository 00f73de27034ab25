/** Which pages may use a stream, by the origins that they come from. */
export class AllowedOrigins {
  readonly #named: ReadonlySet<string>;

  /** @param named the origins that may besides the server's own; "*" for any */
  constructor(named: readonly string[]) {
    this.#named = new Set(named);
  }

  /**
   * Whether a request may come from where it does. What is no browser sends no `Origin`; pages of this server have its own. A browser's
   * word that a request is `same-origin` counts as well: a proxy may have changed the `Host`, and no page can make it up.
   */
  allow(headers: Headers): boolean {
    const origin = headers.get("origin");
    if (origin === null || this.#isNamed(origin)) return true;
    if (headers.get("sec-fetch-site") === "same-origin") return true;
    // Nor can a page set this header without being asked about it first, which is answered with no.
    const forwarded = headers.get("x-forwarded-host")?.split(",") ?? [];
    return [headers.get("host"), ...forwarded].some((host) => isOwn(origin, host));
  }

  /** What lets a page of another origin read the answer (Fetch standard, CORS); empty where it may not, or is our own. */
  answerHeaders(headers: Headers): Readonly<Record<string, string>> {
    const origin = headers.get("origin");
    if (origin === null || !this.#isNamed(origin)) return {};
    // Cookies go along only for pages that were named: "any page" must not act for whoever has logged in here.
    const credentials = this.#named.has(origin) ? { "access-control-allow-credentials": "true" } : {};
    return { "access-control-allow-origin": origin, vary: "Origin", ...credentials };
  }

  /** The answer to a browser that asks before it sends a request (CORS preflight); undefined for what is no such question. */
  preflight(method: string, headers: Headers, allowedMethods: string): Response | undefined {
    if (method !== "OPTIONS" || !headers.has("access-control-request-method")) return undefined;
    const answer = this.answerHeaders(headers);
    if (answer["access-control-allow-origin"] === undefined) return undefined;
    const asked = headers.get("access-control-request-headers") ?? "";
    return new Response(null, {
      status: 204,
      headers: {
        ...answer,
        vary: "Origin, Access-Control-Request-Headers",
        "access-control-allow-methods": allowedMethods,
        ...(/^[\w\-, ]{1,1000}$/.test(asked) && { "access-control-allow-headers": asked }),
        "access-control-max-age": "600",
      },
    });
  }

  #isNamed(origin: string): boolean {
    return this.#named.has("*") || this.#named.has(origin);
  }
}

function isOwn(origin: string, host: string | null): boolean {
  if (host === null || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  // A default port is left out of both.
  const own = `${url.protocol}//${host.trim()}`;
  return URL.canParse(own) && new URL(own).host === url.host;
}
