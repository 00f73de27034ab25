import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { pageFiles } from "../../src/server/page-files.ts";
import { Routes } from "../../src/server/routes.ts";
import { echoService } from "../support/echo-service.ts";

describe("a file of the page", () => {
  const script = async (accepted?: string): Promise<Response | undefined> => {
    const name = [...(await pageFiles()).keys()].find((path) => /index-.*\.js$/.test(path));
    const headers: Record<string, string> = accepted === undefined ? {} : { "accept-encoding": accepted };
    return new Routes(echoService(), { basePath: "", page: true }).handle(
      new Request(`http://localhost/${name}`, { headers }),
    );
  };

  test("goes as gzip to who reads that, a third as long", async () => {
    const [plain, gzipped] = [await script(), await script("br;q=1.0, gzip;q=0.8, *;q=0.1")];
    const text = await plain?.text();
    const bytes = new Uint8Array((await gzipped?.arrayBuffer()) ?? []);
    expect([plain?.headers.get("content-encoding"), gzipped?.headers.get("content-encoding")]).toEqual([null, "gzip"]);
    expect(gunzipSync(bytes).toString()).toBe(text);
    expect(bytes.length * 2).toBeLessThan(text?.length ?? 0);
    expect(plain?.headers.get("vary")).toBe("accept-encoding"); // A cache must not give the one for the other.
  });

  test.each(["identity", "gzip;q=0", "br, gzip; q=0.0", "xgzip"])("goes as it is to who says %j", async (accepted) => {
    expect((await script(accepted))?.headers.get("content-encoding")).toBeNull();
  });
});
