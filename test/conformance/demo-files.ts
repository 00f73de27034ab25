import { readFile, readdir } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname } from "node:path";

const FOLDER = new URL("../clients/fastrtc-front-end/", import.meta.url);
const CONTENT_TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/** Answers with a page or script below `/demo/`; false when there is none of that name. */
export async function demoFile(pathname: string, response: ServerResponse): Promise<boolean> {
  const name = /^\/demo\/([\w-]+\.\w+)$/.exec(pathname)?.[1];
  if (name === undefined || !(await readdir(FOLDER)).includes(name)) return false;
  const type = CONTENT_TYPES[extname(name)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(await readFile(new URL(name, FOLDER)));
  return true;
}
