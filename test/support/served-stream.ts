import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Stream } from "../../src/stream.ts";

/** A Stream on a server of its own: its address. Closed with what is returned. */
export async function serveStream(
  stream: Pick<Stream, "mount" | "close">,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer();
  stream.mount(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await stream.close();
      server.closeAllConnections();
    },
  };
}
