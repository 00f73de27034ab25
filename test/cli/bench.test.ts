import { afterEach, expect, test, vi } from "vitest";
import { type AudioFrame, Stream, StreamHandler } from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { typed } from "./typed.ts";

vi.setConfig({ testTimeout: 120_000 });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Sends back what it hears. */
class Echo extends StreamHandler {
  readonly #heard: AudioFrame[] = [];
  readonly #onHeard: () => void;
  constructor(onHeard: () => void) {
    super();
    this.#onHeard = onHeard;
  }
  override receive(frame: AudioFrame): void {
    this.#heard.push(frame);
    this.#onHeard();
  }
  override emit(): AudioFrame | undefined {
    return this.#heard.shift();
  }
  override copy(): Echo {
    return new Echo(this.#onHeard);
  }
}

async function serve(stream: Pick<Stream, "ui">): Promise<string> {
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  cleanups.push(() => server.close());
  return server.url;
}

interface CallResult {
  readonly type: string;
  readonly why?: string;
  readonly stayed?: boolean;
  readonly perSecond?: number;
}

/** Aborts once it has been called so often: by then some of what was sent is back, however slow the machine. */
function enough(count: number): { readonly signal: AbortSignal; readonly happened: () => void } {
  const controller = new AbortController();
  let left = count;
  const happened = (): void => {
    left -= 1;
    if (left === 0) controller.abort();
  };
  return { signal: controller.signal, happened };
}

test("sends pictures in each call, counts those that come back, and tells which calls were refused and why", async () => {
  const widths = new Set<number>();
  const { signal, happened } = enough(150);
  const stream = new Stream({
    handler: (frame) => {
      widths.add(frame.width);
      happened();
      return frame;
    },
    modality: "video",
    concurrencyLimit: 2,
    logger: new RecordingLogger(),
  });
  const url = await serve(stream);
  const { code, printed } = await typed(`bench ${url} --calls 3 --seconds 3600 --json`, { signal });
  const results = (JSON.parse(printed) as CallResult[]).toSorted((a, b) => a.type.localeCompare(b.type));
  expect({ code, types: results.map(({ type }) => type), why: results[2]?.why }).toEqual({
    code: 1,
    types: ["connected", "connected", "refused"],
    why: "concurrency_limit_reached",
  });
  expect(results.slice(0, 2).map(({ stayed }) => stayed)).toEqual([true, true]);
  expect(Math.max(...results.map(({ perSecond = 0 }) => perSecond))).toBeGreaterThan(0);
  expect([...widths]).toEqual([640]); // They were real pictures.
  await expect.poll(() => stream.health().sessions).toBe(0);
});

test("sends sound to a voice agent, and reports on a line each", async () => {
  const { signal, happened } = enough(200);
  const stream = new Stream({
    handler: new Echo(happened),
    modality: "audio",
    concurrencyLimit: 5,
    logger: new RecordingLogger(),
  });
  const { code, printed } = await typed(`bench ${await serve(stream)} --calls 2 --seconds 3600`, { signal });
  expect(code).toBe(0);
  expect(printed).toMatch(
    /^2 of 2 calls connected, 2 stayed to the end\noffer to answer +least [\d.]+, middle .* ms\noffer to connection .*\nfirst sent to first back +least [\d.]+.*\npackets of sound back per second +least [\d.]+.*\nlongest gap between packets of sound +least .* ms$/,
  );
});

test("says that nobody is there, and refuses what it does not know", async () => {
  expect(await typed("bench http://127.0.0.1:1")).toEqual({
    code: 1,
    printed: "",
    complained:
      "Nothing listens at 127.0.0.1:1. Start the server; where it runs, let it listen on more than localhost with --host 0.0.0.0.",
  });
  expect(await typed("bench http://127.0.0.1:1 --media smell")).toEqual({
    code: 2,
    printed: "",
    complained: '--media takes video or audio, not "smell".',
  });
});
