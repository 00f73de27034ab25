import { builtInPage } from "../../src/server/page-route.ts";
import type { StreamService } from "../../src/server/stream-service.ts";
import { describeUi } from "../../src/ui/ui-args.ts";

/** A service that knows one connection, "known", once an offer for it has come. */
export function echoService(): StreamService & { readonly bodies: unknown[]; readonly headers: Headers[] } {
  const bodies: unknown[] = [];
  const allHeaders: Headers[] = [];
  let offered = false;
  return {
    bodies,
    headers: allHeaders,
    offer: async (body, headers) => {
      bodies.push(body);
      allHeaders.push(headers);
      const { type } = body as { type?: unknown };
      if (type === "offer") {
        offered = true;
        return { type: "answer", sdp: "v=0" };
      }
      if (offered) return { status: "success" };
      return { status: "failed", meta: { error: "unknown_connection", message: "unknown" } };
    },
    health: () => ({ status: "ok", sessions: 0, connected: 0, limit: 1, uptime: 0 }),
    page: () =>
      builtInPage({
        config: async () => ({
          version: "0.0.0",
          ui: describeUi({ title: "</script><b>title" }),
          modality: "video",
          mode: "send-receive",
          rtcConfiguration: null,
          trackConstraints: null,
          rtpParams: null,
          timeLimit: null,
          additionalInputs: [],
          additionalOutputs: [],
        }),
        modules: new Map(),
      }),
    prepare: async () => {},
    close: async () => {},
  };
}
