import { z } from "zod";
import type { AppStream } from "../app/running-app.ts";

/** What a Stream allows. */
export interface AppLimits {
  /** Calls at a time; undefined for any number. */
  readonly concurrencyLimit: number | undefined;
  /** Seconds per call; undefined for any time. */
  readonly timeLimitS: number | undefined;
  /** Whether it names STUN or TURN servers to clients. */
  readonly hasIceServers: boolean;
}

const pageSchema = z.object({
  timeLimit: z.number().nullable(),
  rtcConfiguration: z.looseObject({ iceServers: z.array(z.unknown()) }).nullable(),
});

/** Reads an app's limits from its Stream, by what all versions of this package tell: its health, and what its page is told. */
export async function appLimits(stream: AppStream): Promise<AppLimits> {
  const response = await stream.fetch(new Request("http://localhost/", { headers: { accept: "text/html" } }), {
    page: true,
  });
  const [, json] = /id="fastrtc-config">([^]*?)<\/script>/.exec(await response.text()) ?? [];
  const page = json === undefined ? undefined : pageSchema.safeParse(JSON.parse(json)).data;
  return {
    concurrencyLimit: stream.health().limit ?? undefined,
    timeLimitS: page?.timeLimit ?? undefined,
    hasIceServers: (page?.rtcConfiguration?.iceServers.length ?? 0) > 0,
  };
}
