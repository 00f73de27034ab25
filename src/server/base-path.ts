import { FastRtcError } from "../errors.ts";

/**
 * The prefix of a mounted stream in one form: "" for the root, otherwise "/rtc" with no slash at its end.
 * @throws {FastRtcError} `invalid_option` when it is not a path.
 */
export function parseBasePath(path: string): string {
  if (path === "" || path === "/") return "";
  if (!/^\/[\w\-./~%]+$/.test(path)) {
    throw new FastRtcError(
      "invalid_option",
      `The path ${JSON.stringify(path)} is not one to mount at. Write it like "/rtc".`,
    );
  }
  return path.replace(/\/+$/, "");
}

/** What follows the prefix in a path, without its slash: "webrtc/offer"; undefined for a path outside it. */
export function pathBelow(basePath: string, pathname: string): string | undefined {
  if (pathname === basePath) return "";
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length + 1) : undefined;
}
