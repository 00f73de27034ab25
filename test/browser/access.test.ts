import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Stream, StreamHandler, type VideoFrame } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { visitPages } from "./visited-pages.ts";

const pages = visitPages();

class Silent extends StreamHandler {
  receive(): void {}
  emit(): null {
    return null;
  }
  copy(): Silent {
    return new Silent();
  }
}

/** A server that answers with an empty page where nothing else is mounted. */
async function serve(mount: (server: ReturnType<typeof createServer>) => Stream | undefined): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader("set-cookie", "user=ada; SameSite=Lax").setHeader("content-type", "text/html").end("<p>Hello");
  });
  const stream = mount(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  pages.cleanUp(async () => {
    server.close();
    await stream?.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const user = ({ headers }: { readonly headers: Headers }): string | undefined =>
  /(?:^|; )user=(\w+)/.exec(headers.get("cookie") ?? "")?.[1];

test("the page connects with the visitor's cookie and an id that the server gave out", async () => {
  let stream: Stream | undefined;
  const url = await serve((server) => {
    stream = new Stream({
      modality: "video",
      handler: (frame: VideoFrame) => frame.flip("vertical"),
      authenticate: user,
      requireSignedIds: true,
      logger: new RecordingLogger(),
    });
    stream.mount(server, { path: "/rtc", page: true });
    return stream;
  });
  const page = await pages.visit(`${url}/login`);
  await page.goto(`${url}/rtc/`);
  const answered = page.waitForResponse(async (response) => (await response.text()).includes('"answer"'));
  await page.getByRole("button", { name: "Record" }).click();
  const offer = (await answered).request().postDataJSON() as { webrtc_id: string };
  expect(offer.webrtc_id).toMatch(/^s1\.[0-9a-z]+\.[\w-]{22}\.[\w-]{43}$/);
  await page.locator('.stage[data-shows="true"]').waitFor();
  expect(stream?.identityOf(offer.webrtc_id)).toBe("ada");
});

test("a page elsewhere can neither offer nor open a WebSocket in the visitor's name, unless it is named", async () => {
  const open = (allowedOrigins: readonly string[]): Promise<string> =>
    serve((server) => {
      const stream = new Stream({
        modality: "audio",
        handler: new Silent(),
        concurrencyLimit: 5,
        authenticate: user,
        allowedOrigins,
        logger: new RecordingLogger(),
      }) as Stream;
      stream.mount(server, { path: "/rtc" });
      return stream;
    });
  // Another port of the same machine is the same site: the cookie goes along, whatever its SameSite says.
  const elsewhere = await serve(() => undefined);
  const strict = await open([]);
  const friendly = await open([elsewhere]);
  const page = await pages.visit(elsewhere);
  const tried = await page.evaluate(
    async (urls) => {
      const offer = async (url: string): Promise<unknown> =>
        fetch(`${url}/rtc/webrtc/offer`, {
          method: "POST",
          credentials: "include",
          body: JSON.stringify({ type: "offer", sdp: "v=0", webrtc_id: "peer" }),
        }).then(
          async (response) => [response.status, ((await response.json()) as { meta: { error: string } }).meta.error],
          () => "not to be read",
        );
      const socket = (url: string): Promise<string> =>
        new Promise((resolve) => {
          const webSocket = new WebSocket(`${url.replace("http", "ws")}/rtc/websocket/offer`);
          webSocket.addEventListener("open", () => {
            webSocket.close();
            resolve("open");
          });
          webSocket.addEventListener("error", () => resolve("refused"));
        });
      const tries: unknown[] = [];
      for (const url of urls) tries.push(await offer(url), await socket(url));
      return tries;
    },
    [strict, friendly],
  );
  expect(tried).toEqual(["not to be read", "refused", [400, "invalid_sdp"], "open"]);
});
