import { createSocket } from "node:dgram";
import { Chromium } from "../process/chromium.ts";
import { PageServer } from "../servers/page-server.ts";
import type { ServerName, ServerUnderTest } from "../servers/server-under-test.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";
import { firstPicture, openPage, startCall, stopCall } from "./bench-page.ts";

/** From the click to the first returned picture on the screen, in milliseconds, one value per attempt. */
export interface FirstPictureResult {
  readonly server: ServerName;
  readonly withoutStunMs: readonly number[];
  /** The browser was told of a STUN server that never answers. */
  readonly withDeadStunMs: readonly number[];
}

const TIMEOUT_MS = 15_000;

/** Calls every server several times, turn by turn, without a STUN server and with a dead one. */
export async function measureFirstPicture(
  servers: readonly ServerUnderTest[],
  { attempts, codec }: { readonly attempts: number; readonly codec: BenchCodec | undefined },
): Promise<FirstPictureResult[]> {
  await using pageServer = await PageServer.start();
  for (const server of servers) pageServer.route(server.name, server.url);
  await using deadStun = await silentPort();
  await using chromium = await Chromium.launch();
  const page = await openPage(chromium, pageServer.url);
  const callOnce = async (target: ServerName, iceServers: { urls: string }[]): Promise<number> => {
    await startCall(page, { target, iceServers, ...(codec && { codec }) });
    const timeout = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`No picture from ${target} within ${TIMEOUT_MS} ms.`)), TIMEOUT_MS).unref();
    });
    const elapsedMs = await Promise.race([firstPicture(page), timeout]);
    await stopCall(page);
    return elapsedMs;
  };
  const results = servers.map(({ name }) => ({
    server: name,
    withoutStunMs: [] as number[],
    withDeadStunMs: [] as number[],
  }));
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const result of results) {
      result.withoutStunMs.push(await callOnce(result.server, []));
      result.withDeadStunMs.push(await callOnce(result.server, [{ urls: `stun:127.0.0.1:${deadStun.port}` }]));
    }
  }
  return results;
}

/** A UDP port that takes everything and says nothing, as a STUN server behind a firewall does. */
async function silentPort(): Promise<AsyncDisposable & { port: number }> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(resolve)),
  };
}
