import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Clock, systemClock } from "../async/clock.ts";
import { FastRtcError, toError } from "../errors.ts";
import { type ModelSource, cacheFolderOf } from "./model-source.ts";
import { StallGuard } from "./stall-guard.ts";

/** A file of a repository on huggingface.co. */
export interface HubFile {
  readonly repository: string;
  readonly file: string;
}

/** How long the hub may keep silent, in milliseconds. */
const TIMEOUT_MS = 30_000;

/**
 * The path of a file from the hub, which is downloaded into the cache folder the first time. It appears there whole or not at all, whoever
 * else downloads it at the same time.
 * @throws {FastRtcError} `invalid_model` when it can be had neither there nor from the hub.
 */
export async function hubFile(
  { repository, file }: HubFile,
  source: Omit<ModelSource, "modelPath">,
  { hub = "https://huggingface.co/", clock = systemClock }: { hub?: string; clock?: Clock } = {},
): Promise<string> {
  const path = join(cacheFolderOf(source), repository, file);
  if (await exists(path)) return path;
  const name = `${repository}/${file}`;
  if (source.offline === true) {
    throw new FastRtcError("invalid_model", `${name} is not in ${dirname(path)}, and offline forbids its download.`);
  }
  const part = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const guard = new StallGuard(clock, TIMEOUT_MS);
    const address = new URL(`${repository}/resolve/main/${file}`, hub);
    const response = await guard.during(fetch(address, { signal: guard.signal }));
    if (!response.ok || !response.body) throw new Error(`the hub answered with ${response.status}`);
    const totalBytes = Number(response.headers.get("content-length") ?? 0);
    const counted = reported(response.body, guard, (loadedBytes) =>
      source.onProgress?.({ type: "load-progress", file, loadedBytes, totalBytes }),
    );
    await pipeline(Readable.from(counted), createWriteStream(part));
    await rename(part, path);
    return path;
  } catch (error) {
    await rm(part, { force: true });
    throw new FastRtcError(
      "invalid_model",
      `${name} cannot be downloaded: ${toError(error).message}. Check the network, or pass modelPath.`,
      { cause: error },
    );
  }
}

/** The bytes as they come, telling after each piece how many there were. */
async function* reported(
  body: AsyncIterable<Uint8Array>,
  guard: StallGuard,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = body[Symbol.asyncIterator]();
  let count = 0;
  for (;;) {
    const next = await guard.during(source.next());
    if (next.done === true) return;
    count += next.value.byteLength;
    onBytes(count);
    yield next.value;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
