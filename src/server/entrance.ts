import type { StreamAccess } from "./access/access.ts";
import type { ConnectionRequest } from "./access/connection-request.ts";
import type { Verdict } from "./access/gate.ts";
import { connectionAddress } from "./request-address.ts";

const ADMITTED: Verdict = { type: "admitted", identity: undefined };

/** What the HTTP routes ask of the gate, whatever the framework; without one everybody may come in. */
export class Entrance {
  readonly #access: StreamAccess | undefined;

  constructor(access: StreamAccess | undefined) {
    this.#access = access;
  }

  /** Whether this request may go on, as one for `route`. */
  check(route: ConnectionRequest["route"], request: Request): Verdict | Promise<Verdict> {
    if (!this.#access) return ADMITTED;
    const { method, url, headers } = request;
    const address = this.#access.addressOf(headers, connectionAddress(request));
    return this.#access.gate.check({ route, method, url, headers, address });
  }

  /** What `respond` answers to whom may come in, and the refusal for everybody else. */
  async pass<Answer extends Response | undefined>(
    route: ConnectionRequest["route"],
    request: Request,
    respond: () => Answer | Promise<Answer>,
  ): Promise<Answer | Response> {
    const verdict = await this.check(route, request);
    return verdict.type === "refused" ? verdict.response : respond();
  }

  /** The answer to a browser that asks whether a page of another origin may send a request. */
  preflight(request: Request): Response | undefined {
    return this.#access?.gate.origins.preflight(request.method, request.headers, "GET, HEAD, POST");
  }

  /** The response, readable for pages of the origins that may. */
  readable(request: Request, response: Response): Response {
    const headers = this.#access?.gate.origins.answerHeaders(request.headers) ?? {};
    for (const [name, value] of Object.entries(headers)) {
      if (name === "vary") response.headers.append(name, value);
      else response.headers.set(name, value);
    }
    return response;
  }
}
