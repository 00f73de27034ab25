import type { Page } from "playwright-core";
import type { NetworkConditions } from "../../bench/network/network-conditions.ts";
import { RelayPath } from "../../bench/network/relay-path.ts";
import { RelayedSignalling } from "../../bench/network/relayed-signalling.ts";

/** Has the calls of a page go through a bad network from now on; the paths are in the order of the calls. Close them in the end. */
export async function relayCalls(page: Page, conditions: NetworkConditions): Promise<RelayPath[]> {
  const paths: RelayPath[] = [];
  const signalling = new RelayedSignalling({
    open: async () => {
      const path = await RelayPath.open(conditions, paths.length + 1);
      paths.push(path);
      return { path: paths.length - 1, clientPort: path.clientPort, serverPort: path.serverPort };
    },
    connect: async (path, server) => paths[path]?.connect(server),
  });
  await page.route("**/webrtc/offer", async (route) => {
    const ask = async (body: unknown): Promise<unknown> =>
      (await route.fetch({ postData: JSON.stringify(body) })).json();
    const json: unknown = await signalling.handle(route.request().postDataJSON(), ask);
    await route.fulfill({ json });
  });
  return paths;
}
