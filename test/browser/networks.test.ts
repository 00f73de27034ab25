import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { Stream } from "../../src/index.ts";
import { NetworkNamespace } from "../support/network-namespace.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import { ClientPageServer, type ClientState, clientUntil, startClient } from "./client-page.ts";

const cleanups: AsyncDisposable[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup[Symbol.asyncDispose]();
});

function keep<Resource extends AsyncDisposable>(resource: Resource): Resource {
  cleanups.push(resource);
  return resource;
}

const flows = ({ state, frames, path }: ClientState): boolean =>
  state.type === "connected" && frames > 10 && path !== undefined;

async function serve(address: string) {
  const logger = new RecordingLogger();
  const stream = new Stream({ handler: (frame) => frame, modality: "video", logger });
  return { logger, server: keep(await ClientPageServer.start(stream, address)) };
}

/** A machine between two networks, that hides the one behind an address of the other. */
async function router(outside: string, gateway: string) {
  const nat = keep(await NetworkNamespace.create());
  const inside = keep(await NetworkNamespace.create());
  const outer = await nat.cable([outside], { there: [gateway] });
  await inside.cable(["192.168.213.2/24"], { to: nat, there: ["192.168.213.1/24"] });
  await inside.ip("route add default via 192.168.213.1");
  await nat.run("sysctl -q -w net.ipv4.ip_forward=1");
  await nat.run("nft add table ip nat");
  await nat.run("nft add chain ip nat postrouting { type nat hook postrouting priority 100 ; }");
  await nat.run(`nft add rule ip nat postrouting oifname ${outer.here} masquerade`);
  return { nat, inside, outer };
}

async function browserIn(namespace?: NetworkNamespace): Promise<LaunchedChromium> {
  return keep(await launchChromium(namespace ? { namespace } : {}));
}

describe("a browser", () => {
  test("behind NAT connects, though it hides its address behind a name of mDNS that nobody can look up", async () => {
    const { inside } = await router("10.213.9.2/24", "10.213.9.1/24");
    const { logger, server } = await serve("10.213.9.1");
    const page = await (await browserIn(inside)).browser.newPage();
    const posted: { readonly type: string; readonly candidate?: { readonly candidate: string } }[] = [];
    const replies: Promise<unknown>[] = [];
    page.on("response", (response) => {
      if (response.request().method() !== "POST") return;
      posted.push(response.request().postDataJSON() as (typeof posted)[number]);
      replies.push(response.json());
    });
    await startClient(page, server.url);
    const { path } = await clientUntil(page, flows);
    expect(path?.remote).toBe("host udp 10.213.9.1");
    const candidates = posted.flatMap(({ candidate }) => candidate?.candidate ?? []);
    expect(candidates.filter((candidate) => / [\w-]+\.local /.test(candidate)).length).toBeGreaterThan(0);
    expect((await Promise.all(replies)).slice(1)).toEqual(candidates.map(() => ({ status: "success" })));
    expect([logger.at("warn"), logger.at("error")]).toEqual([[], []]);
  });

  test("with IPv6 alone connects", async () => {
    const namespace = keep(await NetworkNamespace.create());
    await namespace.cable(["fd00:213:6::2/64"], { there: ["fd00:213:6::1/64"] });
    const { server } = await serve("fd00:213:6::1");
    const args = [`--unsafely-treat-insecure-origin-as-secure=${server.url}`];
    const { browser } = keep(await launchChromium({ namespace, args }));
    // Chromium keeps quiet about addresses of IPv6 alone until the page may use a camera.
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    const page = await context.newPage();
    await startClient(page, server.url);
    const { path } = await clientUntil(page, flows);
    expect(path?.remote).toBe("host udp fd00:213:6::1");
  });
});

describe("a server with a TCP port for media", () => {
  const [address, tcpPort] = ["10.213.11.1", 4443];

  async function served() {
    const namespace = keep(await NetworkNamespace.create());
    await namespace.cable(["10.213.11.2/24"], { there: [`${address}/24`] });
    const network = { bindAddress: address, tcpPort };
    const stream = new Stream({ handler: (frame) => frame, modality: "video", logger: new RecordingLogger(), network });
    const server = keep(await ClientPageServer.start(stream, address));
    const page = await (await browserIn(namespace)).browser.newPage();
    return { namespace, stream, server, page };
  }

  test("is reached over it from a network to which UDP is closed", async () => {
    const { namespace, stream, server, page } = await served();
    await namespace.run("nft add table inet closed");
    await namespace.run("nft add chain inet closed output { type filter hook output priority 0 ; }");
    await namespace.run("nft add rule inet closed output meta l4proto udp drop");
    await startClient(page, server.url);
    const { path, color, history } = await clientUntil(page, flows);
    expect(path?.remote).toBe(`host tcp ${address}`);
    expect(history).toEqual(["connecting", "connected"]);
    expect(color.map((value) => Math.round(value / 64))).toEqual([0, 3, 0]); // Its own picture, there and back.
    await page.evaluate(() => globalThis.client.close());
    await expect.poll(() => stream.health().sessions).toBe(0);
  });

  test("is reached over UDP where that is open", async () => {
    const { server, page } = await served();
    await startClient(page, server.url);
    const { path } = await clientUntil(page, (state) => state.frames > 60 && state.path !== undefined);
    expect(path?.remote).toBe(`host udp ${address}`);
  });
});

test("a server behind NAT is reached at the public address and the one UDP port that its environment tells", async () => {
  const { nat, inside } = await router("10.213.10.2/24", "10.213.10.1/24");
  await nat.run("nft add chain ip nat prerouting { type nat hook prerouting priority -100 ; }");
  await nat.run("nft add rule ip nat prerouting tcp dport 7860 dnat to 192.168.213.2");
  await nat.run("nft add rule ip nat prerouting udp dport 50000 dnat to 192.168.213.2");
  const program = fileURLToPath(new URL("served-behind-nat.ts", import.meta.url));
  const child = spawn(await inside.wrap(process.execPath), ["--import", "tsx", program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      PORT: "7860",
      FASTRTC_PUBLIC_ADDRESSES: "10.213.10.2",
      FASTRTC_UDP_PORT: "50000",
    },
  });
  keep({
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  });
  const [ready] = (await once(child.stdout, "data")) as [Buffer];
  expect(ready.toString()).toBe("ready\n");
  const { browser } = await browserIn();
  for (let peer = 0; peer < 2; peer += 1) {
    const page = await browser.newPage();
    await startClient(page, "http://10.213.10.2:7860");
    const { path } = await clientUntil(page, flows);
    expect(path?.remote).toBe("host udp 10.213.10.2");
  }
});
