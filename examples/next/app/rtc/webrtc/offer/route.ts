// POST /rtc/webrtc/offer: where a front end posts its offer and its candidates. Nothing in here is Next.js: a Request comes,
// a Response goes, as with any framework that speaks the web's own types.
import { stream } from "../../../../stream.ts";

/** The connection lives in this process: neither the edge runtime nor a function that sleeps between requests will do. */
export const runtime = "nodejs";
export const dynamic = "force-dynamic";

export function POST(request: Request): Promise<Response> {
  return stream.fetch(request, { path: "/rtc" });
}
