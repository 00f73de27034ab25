// The same echo over WebRTC and over a WebSocket, side by side: a page of one's own on a server of one's own, with nothing but what
// browsers have. WebRTC takes the loudspeaker's sound out of the microphone's and copes with loss; a WebSocket goes where UDP does not.
// From the environment: PORT, HOST.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type AudioFrame, FastRtcError, Stream, StreamHandler } from "fastrtc";
import { runWhenStarted } from "./shared/run-example.ts";

/** Sends back what it hears; when more than a second waits the oldest is dropped. */
class Echo extends StreamHandler {
  readonly #waiting: AudioFrame[] = [];

  constructor() {
    super({ inputSampleRate: 24_000, outputSampleRate: 24_000 }); // That of the WebSocket's mu-law; WebRTC has 48 kHz in any case.
  }

  receive(frame: AudioFrame): void {
    this.#waiting.push(frame);
    if (this.#waiting.length > 50) this.#waiting.shift();
  }

  emit(): AudioFrame | null {
    return this.#waiting.shift() ?? null;
  }

  copy(): Echo {
    return new Echo();
  }
}

export const stream = new Stream({
  handler: new Echo(),
  modality: "audio",
  mode: "send-receive",
  concurrencyLimit: 10,
  timeLimit: 300,
});

/** Serves the page at `/` and the stream's routes below `/rtc`. */
export async function serve(port: number, host = "127.0.0.1"): Promise<{ url: string; close: () => Promise<void> }> {
  const page = await readFile(new URL("./webrtc-vs-websocket.html", import.meta.url));
  const server = createServer((request, response) => {
    if (request.url === "/") response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    else response.writeHead(404).end();
  });
  stream.mount(server, { path: "/rtc" }); // Its requests and WebSockets do not reach the function above.
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(cause.code === "EADDRINUSE" ? portTaken(port) : cause),
    );
    server.listen(port, host, resolve);
  });
  const url = `http://${host === "127.0.0.1" ? "localhost" : host}:${(server.address() as AddressInfo).port}`;
  console.log(`Running on ${url}`);
  return {
    url,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await stream.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function portTaken(port: number): FastRtcError {
  const advice = "Stop the program that uses it, or choose another port.";
  return new FastRtcError("port_in_use", `Port ${port} is already in use. ${advice}`);
}

await runWhenStarted(import.meta, () => serve(Number(process.env["PORT"] ?? 7860), process.env["HOST"]));
