import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { FastRtcError } from "../errors.ts";
import { contentTypeOf } from "./content-types.ts";

/** A file of the built-in page. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same by gzip, where that is much less. */
  readonly gzipped: Uint8Array<ArrayBuffer> | undefined;
  readonly contentType: string;
}

/** Where the page lies: in the built package beside this folder, in a checkout where the page's own build puts it. */
const FOLDERS = [new URL("../page/", import.meta.url), new URL("../../web/dist/", import.meta.url)];

let loading: Promise<ReadonlyMap<string, PageFile>> | undefined;

/**
 * The files of the built-in page by their path below it, such as `assets/index-1a2b.js`. Read once: there are few,
 * and a path from the network is then only ever looked up, never opened.
 */
export function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined; // Let a build that comes later be found.
    throw error;
  });
  return loading;
}

const gzipAsync = promisify(gzip);

/** Pictures are small already, and of a short text little would be won. */
function isWorthGzip(bytes: Uint8Array, contentType: string): boolean {
  return bytes.length > 1024 && /^text\/|json|svg/.test(contentType);
}

async function load(): Promise<ReadonlyMap<string, PageFile>> {
  for (const folder of FOLDERS) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    if (!entries.some((entry) => entry.name === "index.html")) continue;
    const files = new Map<string, PageFile>();
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const contentType = contentTypeOf(entry.name);
      if (!contentType) continue;
      const path = `${entry.parentPath}/${entry.name}`;
      const name = path.slice(fileURLToPath(folder).length).replaceAll("\\", "/").replace(/^\/+/, "");
      const bytes = new Uint8Array(await readFile(path));
      const gzipped = isWorthGzip(bytes, contentType)
        ? new Uint8Array(await gzipAsync(bytes, { level: 9 }))
        : undefined;
      files.set(name, { bytes, gzipped, contentType });
    }
    return files;
  }
  throw new FastRtcError("invalid_option", "The built-in page is missing. In a checkout, run `npm run build` first.");
}
