import { LossyRelay } from "../network/lossy-relay.ts";
import {
  type Demand,
  type SoundFigures,
  type VideoFigures,
  measureDemand,
  soundCall,
  videoCall,
} from "../network/network-call.ts";
import type { NetworkCell } from "../network/network-cell.ts";
import { RelayedSignalling } from "../network/relayed-signalling.ts";
import { Chromium } from "../process/chromium.ts";
import { PageServer } from "../servers/page-server.ts";
import { type ServerName, ServerUnderTest } from "../servers/server-under-test.ts";
import { EchoServer } from "../websocket/echo-server.ts";
import type { BenchCodec } from "../webrtc/video-format.ts";
import { openPage } from "./bench-page.ts";

/** How one server did in one network. */
export interface NetworkResult {
  readonly server: ServerName;
  readonly cell: NetworkCell;
  /** What the call takes where nothing limits it; absent when that could not be measured. */
  readonly demand: Demand | undefined;
  /** One for each of the cell's rates; empty when the call failed. */
  readonly video: readonly VideoFigures[];
  /** Absent when the call failed. */
  readonly sound: SoundFigures | undefined;
  /** What failed. */
  readonly failures: readonly string[];
}

export interface NetworkOptions {
  readonly cells: readonly NetworkCell[];
  readonly withPython: boolean;
  readonly codec: BenchCodec | undefined;
  /** Recorded per rate. */
  readonly seconds: number;
  readonly warmUpMs: number;
}

interface Rival {
  readonly name: "fastrtc" | "python";
  readonly flip: ServerUnderTest;
  readonly echo: EchoServer;
  demand: Demand | undefined;
}

/** What a cell is measured with. */
interface CellOptions extends NetworkOptions {
  readonly relay: LossyRelay;
  readonly chromium: Chromium;
  readonly pageUrl: string;
}

/** Calls every server in every network, cell by cell in turns, each call through a relay with the same losses. */
export async function measureNetwork(options: NetworkOptions): Promise<NetworkResult[]> {
  await using relay = new LossyRelay();
  await using pageServer = await PageServer.start();
  const rivals: Rival[] = [];
  try {
    for (const name of options.withPython ? (["fastrtc", "python"] as const) : (["fastrtc"] as const)) {
      rivals.push({
        name,
        flip: await ServerUnderTest.start(name),
        echo: await EchoServer.start(name),
        demand: undefined,
      });
    }
    for (const { name, flip, echo } of rivals) {
      pageServer.route(name, flip.url, new RelayedSignalling(relay));
      pageServer.route(`${name}-echo`, echo.url.replace("/websocket/offer", ""), new RelayedSignalling(relay));
    }
    await using chromium = await Chromium.launch();
    const shared: CellOptions = { ...options, relay, chromium, pageUrl: pageServer.url };
    for (const rival of rivals) {
      rival.demand = await freeDemand(rival, shared);
      console.log(`  free, ${rival.name}: ${demandText(rival.demand)}`);
    }
    const results: NetworkResult[] = [];
    for (const cell of options.cells) {
      for (const rival of rivals) {
        const result = await measureCell(rival, cell, shared);
        results.push(result);
        console.log(`  ${cell.name}, ${rival.name}: ${summary(result)}`);
      }
    }
    return results;
  } finally {
    await Promise.all(rivals.flatMap(({ flip, echo }) => [flip[Symbol.asyncDispose](), echo[Symbol.asyncDispose]()]));
  }
}

/** What a server's call takes where nothing limits it; a call that fails tells nothing. */
async function freeDemand(
  { name }: Rival,
  { relay, chromium, pageUrl, codec, seconds, warmUpMs }: CellOptions,
): Promise<Demand | undefined> {
  const page = await openPage(chromium, pageUrl);
  try {
    return await measureDemand({ page, relay, target: name, codec, seconds, warmUpMs });
  } catch (error) {
    console.log(`  free, ${name}: ${String(error)}`);
    return undefined;
  } finally {
    await page.close();
  }
}

function demandText(demand: Demand | undefined): string {
  return demand ? `${Math.round(demand.upKbps)} kbit/s up, ${Math.round(demand.downKbps)} down` : "not measured";
}

async function measureCell(
  { name, flip, echo, demand }: Rival,
  cell: NetworkCell,
  { relay, chromium, pageUrl, codec, seconds, warmUpMs }: CellOptions,
): Promise<NetworkResult> {
  const failures: string[] = [];
  const attempt = async <Result>(call: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await call();
    } catch (error) {
      // A call that does not come about is a result of its own: the other cells are measured all the same.
      failures.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const page = await openPage(chromium, pageUrl);
  try {
    const shared = { page, relay, cell, seconds };
    const unlimited = { upKbps: Infinity, downKbps: Infinity };
    const video = await attempt(() =>
      videoCall({ ...shared, target: name, codec, demand: demand ?? unlimited, warmUpMs }),
    );
    flip.assertRunning();
    const sound = await attempt(() => soundCall({ ...shared, target: `${name}-echo`, warmUpMs: warmUpMs / 2 }));
    echo.assertRunning();
    return { server: name, cell, demand, video: video ?? [], sound, failures };
  } finally {
    await page.close();
  }
}

function summary({ video, sound, failures }: NetworkResult): string {
  const pictures = video.map(
    ({ fps, p95Ms, freezes }) => `${fps.toFixed(1)} fps, p95 ${Math.round(p95Ms)} ms, ${freezes} freezes`,
  );
  const heard = sound ? [`${(sound.concealed * 100).toFixed(1)} % concealed`] : [];
  return [...pictures, ...heard, ...failures].join("; ");
}
