import { readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { FastRtcError } from "../errors.ts";
import { contentTypeOf } from "./content-types.ts";
import type { StreamPage } from "./stream-page.ts";

/**
 * Answers the requests that no route of the stream takes, GET and HEAD alone: with a response, or with undefined where there is nothing. It has
 * the shape of Hono's `app.fetch`.
 */
export type PageHandler = (request: Request) => Response | undefined | Promise<Response | undefined>;

/** A page of the application's own: a folder with an `index.html`, as a `file:` URL, or what answers its requests. */
export type OwnPage = URL | PageHandler;

/** The largest file of a folder that is served, in bytes. Films are for a server of files. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The client as one file: in the built package beside this folder, in a checkout where the build puts it. */
const CLIENT_FILES = [
  new URL("../browser/client.js", import.meta.url),
  new URL("../../dist/browser/client.js", import.meta.url),
];

/** What serves a page of the application's own. @throws {FastRtcError} `invalid_option` for a URL that is no folder's. */
export function ownPage(page: OwnPage): StreamPage {
  if (typeof page === "function") {
    return { prepare: async () => {}, respond: async (_path, request) => page(request) };
  }
  if (page.protocol !== "file:") {
    throw new FastRtcError(
      "invalid_option",
      `stream.ui cannot be ${page.href}. Give a folder of yours, as in new URL("./page/", import.meta.url), or a function.`,
    );
  }
  const folder = fileURLToPath(page);
  return {
    prepare: async () => {
      if (await fileBelow(folder, "index.html")) return;
      throw new FastRtcError("invalid_option", `There is no index.html in ${folder}, which stream.ui was set to.`);
    },
    respond: async (path) => {
      const name = path === "" || path.endsWith("/") ? `${path}index.html` : path;
      const found = (await fileBelow(folder, name)) ?? (name === "client.js" ? await clientFile() : undefined);
      return found === undefined ? undefined : fileResponse(found);
    },
  };
}

/** The real path of a file below a folder, wherever `..`, links and escapes lead; undefined for anything else, and for hidden files. */
async function fileBelow(folder: string, path: string): Promise<string | undefined> {
  const name = decoded(path);
  if (name === undefined || /(^|[\\/])\.|[\\\0:]/.test(name) || contentTypeOf(name) === undefined) return undefined;
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
    const isFile = file.startsWith(root.endsWith(sep) ? root : root + sep) && (await stat(file)).isFile();
    return isFile ? file : undefined;
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

async function clientFile(): Promise<string | undefined> {
  for (const url of CLIENT_FILES) {
    const path = fileURLToPath(url);
    if (await stat(path).catch(() => undefined)) return path;
  }
  return undefined;
}

async function fileResponse(file: string): Promise<Response> {
  const { size } = await stat(file);
  if (size > MAX_FILE_BYTES) {
    throw new FastRtcError(
      "invalid_option",
      `${file} is larger than ${MAX_FILE_BYTES} bytes. Serve it by a function of your own.`,
    );
  }
  return new Response(new Uint8Array(await readFile(file)), {
    headers: {
      "content-type": contentTypeOf(file) ?? "application/octet-stream",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    },
  });
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // Escapes of no text name no file.
  }
}

/** Whether there is no such file, or none that a name like this could have. */
function isMissing(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ELOOP";
}
