import { beforeAll, expect, test } from "vitest";
import { buildWhatIsStale } from "../../scripts/build-package.ts";

// The example imports the built package by its name.
beforeAll(() => buildWhatIsStale(), 120_000);

test("the route handler of the Next.js example answers what a front end posts", async () => {
  const { POST } = await import("../../examples/next/app/rtc/webrtc/offer/route.ts");
  const post = (body: string): Promise<Response> =>
    POST(new Request("http://localhost/rtc/webrtc/offer", { method: "POST", body }));
  const candidate = JSON.stringify({ type: "ice-candidate", candidate: { candidate: "" }, webrtc_id: "nobody" });
  const unknown = await post(candidate);
  expect([unknown.status, await unknown.json()]).toMatchObject([
    200,
    { status: "failed", meta: { error: "unknown_connection" } },
  ]);
  expect((await post("{")).status).toBe(400);
});
