import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { arch as thisArch, homedir, platform as thisPlatform } from "node:os";
import { join } from "node:path";
import { FastRtcError, toError } from "../errors.ts";

/** Where the program that holds Gradio's tunnels is downloaded from, and what it has to be. */
export interface ShareClientSource {
  readonly url: string;
  /** Its SHA-256, in hexadecimal. */
  readonly sha256: string;
}

const RELEASE = "https://cdn-media.huggingface.co/frpc-gradio-0.3/";

/** SHA-256 of the programs of release 0.3, as Gradio publishes them in gradio/tunneling.py. */
const SHA256: Readonly<Record<string, string>> = {
  frpc_darwin_amd64: "930f8face3365810ce16689da81b7d1941fda4466225a7bbcbced9a2916a6e15",
  frpc_darwin_arm64: "dfac50c690aca459ed5158fad8bfbe99f9282baf4166cf7c410a6673fbc1f327",
  frpc_freebsd_386: "cb0a56c764ecf96dd54ed601d240c564f060ee4e58202d65ffca17c1a51ce19c",
  frpc_freebsd_amd64: "516d9e6903513869a011ddcd1ec206167ad1eb5dd6640d21057acc258edecbbb",
  frpc_linux_386: "4c2f2a48cd71571498c0ac8a4d42a055f22cb7f14b4b5a2b0d584220fd60a283",
  frpc_linux_amd64: "c791d1f047b41ff5885772fc4bf20b797c6059bbd82abb9e31de15e55d6a57c4",
  frpc_linux_arm: "4b563beb2e36c448cc688174e20b53af38dc1ff2b5e362d4ddd1401f2affbfb7",
  frpc_linux_arm64: "823ced25104de6dc3c9f4798dbb43f20e681207279e6ab89c40e2176ccbf70cd",
  frpc_linux_riscv64: "1658eed7e8c14ea76e1d95749d58441ce24147c3d559381832c725c29cfc3df3",
  "frpc_windows_386.exe": "721b90550195a83e15f2176d8f85a48d5a25822757cb872e9723d4bccc4e5bb6",
  "frpc_windows_amd64.exe": "14bc0ea470be5d67d79a07412bd21de8a0a179c6ac1116d7764f68e942dc9ceb",
};

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** It has about 10 MB; more than this is something else. */
const MAX_BYTES = 100 * 1024 * 1024;

/**
 * The program for this machine.
 * @throws {FastRtcError} `tunnel_failed` when there is none.
 */
export function shareClientSource(platform: string = thisPlatform(), arch: string = thisArch()): ShareClientSource {
  const system = platform === "win32" ? "windows" : platform;
  const file = `frpc_${system}_${ARCHITECTURES[arch] ?? arch}${platform === "win32" ? ".exe" : ""}`;
  const sha256 = SHA256[file];
  if (sha256 === undefined) {
    throw new FastRtcError(
      "tunnel_failed",
      `Gradio has no tunnel for ${platform} on ${arch}. Use tunnel: "ngrok", "cloudflared", or your own address.`,
    );
  }
  return { url: RELEASE + file, sha256 };
}

/** Where downloaded programs are kept. */
function shareClientFolder(): string {
  return join(homedir(), ".cache", "fastrtc", "tunnel");
}

/**
 * The path of the program, which is downloaded the first time. Nothing is run that has not the right checksum, however it came into the
 * folder.
 * @throws {FastRtcError} `tunnel_failed` when it cannot be had, or is another; the signal's reason.
 */
export async function shareClient(
  { url, sha256 }: ShareClientSource,
  { folder = shareClientFolder(), signal }: { readonly folder?: string | undefined; readonly signal: AbortSignal },
): Promise<string> {
  const path = join(folder, `frpc-${sha256.slice(0, 16)}`);
  const kept = await readFile(path).catch(() => undefined); // Whatever the reason: it is downloaded then.
  if (kept && sha256Of(kept) === sha256) return path;
  const part = `${path}.${randomUUID()}.part`;
  try {
    const program = await download(url, signal);
    if (sha256Of(program) !== sha256) throw new Error("its checksum is not the one that Gradio publishes");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(part, program, { mode: 0o700 });
    await chmod(part, 0o700);
    await rename(part, path);
    return path;
  } catch (cause) {
    signal.throwIfAborted();
    const reason = toError(cause).message;
    throw new FastRtcError("tunnel_failed", `Gradio's tunnel program was not downloaded from ${url}: ${reason}.`, {
      cause,
    });
  } finally {
    await rm(part, { force: true });
  }
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    byteLength += chunk.byteLength;
    if (byteLength > MAX_BYTES) throw new Error("it is larger than such a program can be");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
