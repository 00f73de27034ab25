import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cloudflaredTunnel } from "../../src/fastphone/cloudflared-tunnel.ts";
import { gradioTunnel } from "../../src/fastphone/gradio-tunnel.ts";
import { ngrokTunnel } from "../../src/fastphone/ngrok-tunnel.ts";
import { shareClientSource } from "../../src/fastphone/share-client.ts";
import { runTunnelProgram } from "../../src/fastphone/tunnel-program.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { StandInServices } from "./support/stand-in-services.ts";

const LOCAL = { host: "127.0.0.1", port: 8000 };
const SIGNAL = new AbortController().signal;

let services: StandInServices;
let folder: string;

beforeEach(async () => {
  services = await StandInServices.start();
  folder = await mkdtemp(join(tmpdir(), "fastrtc-test-"));
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A program that prints these lines and then stays. */
async function programThatPrints(...lines: readonly string[]): Promise<string> {
  const path = join(folder, "program.mjs");
  const printing = lines.map((line) => `console.error(${JSON.stringify(line)});`).join("\n");
  await writeFile(path, `#!/usr/bin/env node\n${printing}\nsetInterval(() => {}, 1000);\n`);
  await chmod(path, 0o755);
  return path;
}

describe("Gradio's tunnel", () => {
  test("downloads its program once, and anew when what is kept is another", async () => {
    const open = gradioTunnel(services.tunnelOptions(folder));
    for (let round = 1; round <= 2; round += 1) {
      const tunnel = await open(LOCAL, SIGNAL);
      expect(tunnel.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      await tunnel.close();
      expect(services.downloads).toBe(1);
    }
    const [file = ""] = await readdir(folder);
    await writeFile(join(folder, file), "#!/bin/sh\necho start proxy success: https://evil.example.com\n");
    const tunnel = await open(LOCAL, SIGNAL);
    await tunnel.close();
    expect([services.downloads, new URL(tunnel.url).hostname]).toEqual([2, "127.0.0.1"]);
    expect(await readFile(join(folder, file), "utf8")).toContain("Stands for Gradio's frpc");
  });

  test("never runs a program with another checksum", async () => {
    const { client, ...rest } = services.tunnelOptions(folder);
    const open = gradioTunnel({ ...rest, client: { ...client, sha256: "0".repeat(64) } });
    await expect(open(LOCAL, SIGNAL)).rejects.toThrow("its checksum is not the one that Gradio publishes");
    expect(await readdir(folder)).toEqual([]);
  });

  test("says that its server refused, and what its program said", async () => {
    services.tunnelServers = [{ host: "refuses.example.com", port: 7000, root_ca: "-----BEGIN CERTIFICATE-----" }];
    await expect(gradioTunnel(services.tunnelOptions(folder))(LOCAL, SIGNAL)).rejects.toThrow(
      /^Gradio's tunnel could not open a tunnel\. It said last: .*login to server failed: EOF$/,
    );
  });

  test.each([[[]], [{}], [[{ host: "a b", port: 1, root_ca: "x" }]], [[{ host: "a", port: 0, root_ca: "x" }]]])(
    "asked of an API that answers %j: one sentence",
    async (servers) => {
      services.tunnelServers = servers;
      await expect(gradioTunnel(services.tunnelOptions(folder))(LOCAL, SIGNAL)).rejects.toThrow(
        /^Gradio's tunnels cannot be asked for \(http.*: its answer names no server\)\. Is this machine connected to the internet\?$/,
      );
    },
  );

  test("has a program for the usual machines, and says so where it has none", () => {
    expect(shareClientSource("linux", "x64").url).toMatch(/\/frpc_linux_amd64$/);
    expect(shareClientSource("darwin", "arm64").url).toMatch(/\/frpc_darwin_arm64$/);
    expect(shareClientSource("win32", "x64").url).toMatch(/\/frpc_windows_amd64\.exe$/);
    expect(() => shareClientSource("aix", "ppc64")).toThrow("Gradio has no tunnel for aix on ppc64.");
  });
});

describe("cloudflared's tunnel", () => {
  test("is open once the program has connected, not when it prints the address", async () => {
    const program = await programThatPrints(
      "2026-11-21T18:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...",
      "2026-11-21T18:00:01Z INF |  https://four-words-of-theirs.trycloudflare.com  |",
      "2026-11-21T18:00:02Z INF Registered tunnel connection connIndex=0 protocol=quic",
    );
    const tunnel = await cloudflaredTunnel({ program })(LOCAL, SIGNAL);
    expect(tunnel.url).toBe("https://four-words-of-theirs.trycloudflare.com");
    await tunnel.close();
    expect(await tunnel.ended).toContain("cloudflared ended with SIGTERM.");
  });

  test("says what the program said when it fails, and where the program is when it is missing", async () => {
    const program = await programThatPrints(
      'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel"',
    );
    await expect(cloudflaredTunnel({ program })(LOCAL, SIGNAL)).rejects.toThrow(
      'cloudflared could not open a tunnel. It said last: failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel"',
    );
    await expect(cloudflaredTunnel({ program: join(folder, "missing") })(LOCAL, SIGNAL)).rejects.toMatchObject({
      code: "missing_package",
      message: expect.stringMatching(/^cloudflared is not installed\. Install it as https:/),
    });
  });
});

describe("ngrok's tunnel", () => {
  const listener = { url: () => "https://a.ngrok.app", close: async () => {} };

  test("is asked of its package with the token, the address and the domain", async () => {
    const asked: unknown[] = [];
    const load = async () => ({ forward: async (config: unknown) => (asked.push(config), listener) });
    const open = ngrokTunnel({ authtoken: "secret", domain: "a.ngrok.app" }, load as never);
    expect((await open({ host: "::1", port: 8000 }, SIGNAL)).url).toBe("https://a.ngrok.app");
    expect(asked).toEqual([{ addr: "[::1]:8000", authtoken: "secret", domain: "a.ngrok.app" }]);
  });

  test("needs a token, and does not show it when the package fails", async () => {
    await expect(ngrokTunnel({ authtoken: "" })(LOCAL, SIGNAL)).rejects.toThrow("ngrok needs a token");
    const load = async () => ({ forward: () => Promise.reject(new Error("authentication of secret\nfailed")) });
    await expect(ngrokTunnel({ authtoken: "secret" }, load as never)(LOCAL, SIGNAL)).rejects.toThrow(
      "ngrok could not open a tunnel: authentication of [hidden] failed",
    );
  });
});

describe("a tunnel's program", () => {
  const run = (program: string, more: { clock?: ManualClock; signal?: AbortSignal } = {}) =>
    runTunnelProgram({
      name: "A tunnel",
      program,
      parameters: [],
      addressIn: (line) => /address (\S+)/.exec(line)?.[1],
      failure: /refused/,
      howToInstall: "",
      signal: SIGNAL,
      ...more,
    });

  test("that ends is an error with its last words", async () => {
    const path = await programThatPrints("one", "two");
    await writeFile(path, "#!/usr/bin/env node\nconsole.log('farewell'); process.exitCode = 3;\n");
    await expect(run(path)).rejects.toThrow("A tunnel ended with 3. It said last: farewell");
  });

  test("that opens nothing is ended after 30 s", async () => {
    const clock = new ManualClock();
    const opening = run(await programThatPrints(), { clock });
    opening.catch(() => {});
    clock.advance(30_000);
    await expect(opening).rejects.toThrow("A tunnel opened no tunnel within 30 s.");
  });

  test("is ended when nobody waits for it any more", async () => {
    const gone = new AbortController();
    const opening = run(await programThatPrints("nothing yet"), { signal: gone.signal });
    gone.abort(new Error("Enough."));
    await expect(opening).rejects.toThrow("Enough.");
  });
});
