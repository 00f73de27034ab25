import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Stream } from "fastrtc";
import { demoFile } from "./demo-files.ts";
import { answerHook } from "./hooks.ts";
import { conformanceStreams } from "./streams.ts";

export interface ConformanceServer {
  readonly url: string;
  /** Where the streams are. */
  readonly paths: readonly string[];
  close(): Promise<void>;
}

/**
 * One application with a stream for every kind of handler, each at its own path, with its page; the hooks that applications have
 * for additional inputs and outputs; and pages as FastRTC's documentation teaches them, below `/demo/`.
 */
export async function startConformanceServer({
  port,
  host = "127.0.0.1",
}: {
  port: number;
  host?: string;
}): Promise<ConformanceServer> {
  const streams = conformanceStreams();
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      const answered =
        (await answerHook(streams, request, response, { pathname, searchParams })) ||
        (await demoFile(pathname, response));
      if (!answered) response.writeHead(404).end("There is nothing here.\n");
    })().catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  for (const [path, stream] of streams) stream.mount(server, { path, page: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    paths: [...streams.keys()],
    close: () => close(server, streams),
  };
}

async function close(server: Server, streams: ReadonlyMap<string, Stream>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  await Promise.all([...streams.values()].map((stream) => stream.close()));
  server.closeAllConnections();
  await closed;
}
