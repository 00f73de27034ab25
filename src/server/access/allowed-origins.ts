/** Which pages may use a stream, by the origins that they come from. */
export class AllowedOrigins {
  readonly #named: ReadonlySet<string>;
  readonly #letsThisMachineIn: boolean;

  /**
   * @param named the origins that may besides the server's own; "*" for any
   * @param letsThisMachineIn whether, where page and server are both on this machine, the port does not matter: while nobody logs in
   */
  constructor(named: readonly string[], letsThisMachineIn = false) {
    this.#named = new Set(named);
    this.#letsThisMachineIn = letsThisMachineIn;
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
    return (
      this.#isOfThisMachine(origin, headers) || [headers.get("host"), ...forwarded].some((host) => isOwn(origin, host))
    );
  }

  /** What lets a page of another origin read the answer (Fetch standard, CORS); empty where it may not, or is our own. */
  answerHeaders(headers: Headers): Readonly<Record<string, string>> {
    const origin = headers.get("origin");
    if (origin === null || !(this.#isNamed(origin) || this.#isOfThisMachine(origin, headers))) return {};
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

  /** A front end's development server, and this one: no stranger's page can be that. */
  #isOfThisMachine(origin: string, headers: Headers): boolean {
    const host = `http://${headers.get("host") ?? ""}`;
    if (!this.#letsThisMachineIn || !URL.canParse(origin) || !URL.canParse(host)) return false;
    return isLocal(new URL(origin)) && isLocal(new URL(host));
  }

  #isNamed(origin: string): boolean {
    return this.#named.has("*") || this.#named.has(origin);
  }
}

/** RFC 6761 §6.3, RFC 5735 §3, RFC 4291 §2.5.3. */
function isLocal({ hostname }: URL): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

function isOwn(origin: string, host: string | null): boolean {
  if (host === null || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  // A default port is left out of both.
  const own = `${url.protocol}//${host.trim()}`;
  return URL.canParse(own) && new URL(own).host === url.host;
}
