import { z } from "zod";
import { type HttpAnswer, askHttp } from "./ask-http.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const healthSchema = z.object({
  status: z.string(),
  sessions: z.number(),
  limit: z.number().nullable().optional(),
});

const iceServerSchema = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.string().optional(),
  credential: z.string().optional(),
});

const pageSchema = z.object({
  modality: z.enum(["video", "audio", "audio-video"]),
  mode: z.string(),
  rtcConfiguration: z.object({ iceServers: z.array(iceServerSchema) }).nullable(),
});

export type IceServerOfPage = z.output<typeof iceServerSchema>;
/** What the built-in page is told of its Stream, as far as a doctor asks. */
export type PageFacts = z.output<typeof pageSchema>;

/** What GET healthz says about places; nothing for a server that has no such route, as Python's FastRTC. */
export function places(answer: HttpAnswer): readonly Finding[] {
  const check = "limits";
  const health = parseJson(healthSchema, answer.text);
  if (!health) return [];
  const { status, sessions, limit } = health;
  if (status === "draining") {
    return [problem(check, "The server is draining: it is about to stop and takes no new clients. Ask its successor.")];
  }
  if (status === "starting") {
    return [
      warning(check, "The server is still loading its native parts: the first clients wait for a second or two."),
    ];
  }
  if (status !== "ok") return [problem(check, `The server is not ready: it says "${status}". Read its log.`)];
  if (limit !== null && limit !== undefined && sessions >= limit) {
    return [
      problem(
        check,
        `All places are taken (${sessions} of ${limit}): new clients are refused until one leaves. Raise concurrencyLimit, set ` +
          "a timeLimit, or run more servers.",
      ),
    ];
  }
  const of = limit === null || limit === undefined ? "without a limit" : `of ${limit} places`;
  return [ok(check, `${sessions} ${of} are taken.`)];
}

/** What the page at an address says about its Stream; undefined for a page of somebody's own. */
export async function readPage(url: URL, headers: Readonly<Record<string, string>>): Promise<PageFacts | undefined> {
  const { text } = await askHttp(url, { headers: { ...headers, accept: "text/html" } });
  const [, json] = /<script type="application\/json" id="fastrtc-config">([^]*?)<\/script>/.exec(text) ?? [];
  return json === undefined ? undefined : parseJson(pageSchema, json);
}

/** Whether a WebSocket comes through to the server. */
export async function webSocket(base: URL, headers: Readonly<Record<string, string>>): Promise<Finding> {
  const check = "WebSocket";
  const url = new URL("websocket/offer", base);
  const answer = await askHttp(url, {
    headers: {
      ...headers,
      connection: "Upgrade",
      upgrade: "websocket",
      origin: base.origin,
      "sec-websocket-version": "13",
      "sec-websocket-key": Buffer.from("fastrtc doctor!!").toString("base64"), // 16 bytes, whichever.
    },
  });
  if (answer.isUpgraded) return ok(check, `WebSockets come through to ${url.pathname}.`);
  if (answer.status === 503) return warning(check, "WebSockets come through; the server has no place at the moment.");
  return problem(
    check,
    `A WebSocket to ${url.pathname} was answered with ${answer.status}: a proxy in front may not pass upgrades on. nginx needs ` +
      'proxy_http_version 1.1 and the headers Upgrade and Connection "upgrade".',
  );
}

function parseJson<Output>(schema: z.ZodType<Output>, text: string): Output | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Somebody else's page or route.
  }
}
