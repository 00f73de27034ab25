import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import type { Health } from "../../src/index.ts";
import { HttpOffers } from "../support/http-offers.ts";
import { NativeClient } from "../support/native-client.ts";
import { appFolder, CliProcess, FASTRTC } from "./cli-process.ts";

vi.setConfig({ testTimeout: 120_000 }); // Each test starts programs, which takes seconds on a busy machine.

const FLIP = `
import { Stream } from ${FASTRTC};
const stream = new Stream({ handler: (frame) => frame, modality: "video", concurrencyLimit: 20 });
export default stream;
`;

async function serve(app: string, ...options: string[]) {
  const folder = await appFolder({ "app.ts": app });
  const cli = new CliProcess(["serve", "app.ts", "--port", "0", ...options], { cwd: folder.path });
  const [, url = ""] = await cli.untilPrinted(/Running on (http:\S+)/);
  return {
    cli,
    url,
    health: async (route: string): Promise<{ status: number; body: Health }> => {
      const response = await fetch(`${url}/${route}`);
      return { status: response.status, body: (await response.json()) as Health };
    },
    [Symbol.asyncDispose]: async () => {
      await cli[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("a drain with five live calls cuts none, refuses a sixth, says so to the load balancer, and ends when told twice", async () => {
  await using served = await serve(FLIP, "--drain-timeout", "3600");
  const { cli, url, health } = served;
  const offers = new HttpOffers(url);
  const clients = Array.from({ length: 5 }, () => new NativeClient());
  for (const client of clients) await client.connect(offers);
  await expect.poll(async () => (await health("healthz")).body.connected).toBe(5);
  expect((await health("readyz")).status).toBe(200);

  cli.process.kill("SIGTERM");
  await cli.untilPrinted(/Draining: 5 calls go on for up to 3600 s/);
  expect(await health("readyz")).toMatchObject({ status: 503, body: { status: "draining", connected: 5 } });
  const late = new NativeClient();
  await expect(late.connect(offers)).rejects.toThrow("server_draining");
  late.close();
  expect((await health("healthz")).body.connected).toBe(5); // None was cut.

  for (const client of clients.slice(0, 3)) client.close(); // They hang up by themselves.
  await expect.poll(async () => (await health("healthz")).body.sessions).toBe(2);
  expect(clients.slice(3).flatMap(({ messages }) => messages.filter((text) => text.includes("end_stream")))).toEqual(
    [],
  );
  const again = setInterval(() => cli.process.kill("SIGTERM"), 200); // Two within half a second are one.
  const { code } = await cli.ended().finally(() => clearInterval(again));
  await Promise.all(clients.slice(3).map(({ left }) => left));
  const ends = clients.map(({ messages }) => messages.filter((text) => text.includes("end_stream")).length);
  for (const client of clients.slice(3)) client.close();
  expect({ code, ends }).toEqual({ code: 0, ends: [0, 0, 0, 1, 1] });
});

test("a drain ends with a message to those that are left when its time is up", async () => {
  await using served = await serve(FLIP, "--drain-timeout", "0.3");
  const client = new NativeClient();
  await client.connect(new HttpOffers(served.url));
  served.cli.process.kill("SIGINT");
  const { code } = await served.cli.ended();
  await client.left;
  expect({ code, ends: client.messages.filter((text) => text.includes("end_stream")).length }).toEqual({
    code: 0,
    ends: 1,
  });
  client.close();
});

test.each([
  [
    "launches its Stream by itself",
    `await new Stream({ handler: (frame) => frame, modality: "video" }).ui.launch({ port: 1 });`,
  ],
  [
    "exports a server of its own that a Stream is mounted on",
    `import { createServer } from "node:http";
     export const stream = new Stream({ handler: (frame) => frame, modality: "video" });
     export const server = createServer((_, response) => response.end("Mine."));
     stream.mount(server, { page: true });`,
  ],
])("serves an app that %s", async (_, app) => {
  await using served = await serve(`import { Stream } from ${FASTRTC};\n${app}`);
  expect((await served.health("healthz")).body).toMatchObject({ sessions: 0 });
  expect(await (await fetch(served.url)).text()).toContain("fastrtc-config");
  served.cli.process.kill("SIGTERM");
  expect((await served.cli.ended()).code).toBe(0);
});

test.each([
  [
    "is no app",
    "export const nothing = 1;",
    /The module is no app: it neither exports a Stream nor launches one\. End it with `export default stream;`/,
  ],
  ["does not compile", "const a: number = ;", /^Transform failed with 1 error:\napp\.ts:1:18: ERROR: Unexpected ";"$/m],
  ["throws", `throw new Error("No key.");`, /^Error: No key\.\n {4}at <anonymous> \(app\.ts:1:7\)\n$/],
  ["imports what is not there", `import "./gone.ts";`, /Cannot find module 'gone\.ts' imported from app\.ts/],
  ["has a wrong option", `import { Stream } from ${FASTRTC}; new Stream({ modality: "smell" });`, /modality/],
])("a module that %s is told of in a sentence, with exit code 1", async (_, app, sentence) => {
  await using folder = await appFolder({ "app.ts": app });
  await using cli = new CliProcess(["serve", "app.ts", "--port", "0"], { cwd: folder.path });
  const { code, printed } = await cli.ended();
  expect(printed).toMatch(sentence);
  expect(printed).not.toMatch(/node_modules|node:internal/);
  expect(code).toBe(1);
});

test.each([
  ["awaits at its top", "{}", "await 1;\nexport default 1;"],
  ["imports this package, in a folder that `npm init -y` made", `{"type":"commonjs"}`, FLIP],
])("a module without ES modules that %s is told what to do", async (_, packageJson, app) => {
  await using folder = await appFolder({ "package.json": packageJson, "app.ts": app });
  await using cli = new CliProcess(["serve", "app.ts", "--port", "0"], { cwd: folder.path });
  expect((await cli.ended()).printed).toContain("Run: npm pkg set type=module");
});

test("a port that is taken is told of in one sentence", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  await using folder = await appFolder({ "app.ts": FLIP });
  await using cli = new CliProcess(["serve", "app.ts", "--port", String(port)], { cwd: folder.path });
  const ended = await cli.ended();
  taken.close();
  expect(ended).toEqual({
    code: 1,
    printed: `Port ${port} is already in use. Stop the program that uses it, or choose another port.\n`,
  });
});
