import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, describe, expect, test, vi } from "vitest";
import { projectFile } from "../support/source-tree.ts";

vi.setConfig({ testTimeout: 90_000 }); // Each is a process of its own.

const names = readdirSync(projectFile("examples"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.replace(/\.ts$/, ""));

/** Those that serve something else than the stream's own page. */
const STREAM_PATHS: Readonly<Record<string, string>> = { "webrtc-vs-websocket": "/rtc" };

/** Starts an example as its README says, without any key; it is killed at the end of the test. */
function start(name: string, env: Readonly<Record<string, string>>, { onTestFinished }: TestContext) {
  const keys = {
    OPENAI_API_KEY: "",
    OPENAI_BASE_URL: "",
    ANTHROPIC_API_KEY: "",
    GEMINI_API_KEY: "",
    GEMINI_BASE_URL: "",
  };
  const child = spawn(process.execPath, ["--import", "tsx", `examples/${name}.ts`], {
    cwd: projectFile(""),
    env: { ...process.env, ...keys, HOST: "127.0.0.1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const pipe of [child.stdout, child.stderr]) pipe.on("data", (text: Buffer) => (output += text.toString()));
  return { child, output: () => output };
}

describe.concurrent("every example", () => {
  test.for(names)(
    "%s runs by one command, without a key, and serves its page and its stream",
    async (name, context) => {
      const { child, output } = start(name, { PORT: "0" }, context);
      await expect.poll(output, { timeout: 60_000 }).toMatch(/Running on (\S+)/);
      const [, url = ""] = /Running on (\S+)/.exec(output()) ?? [];
      const page = await fetch(url);
      expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")]);
      expect((await fetch(`${url}${STREAM_PATHS[name] ?? ""}/healthz`)).status).toBe(200);
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      expect(output()).not.toMatch(/error|warning/i);
    },
  );

  test("stands in the README of the examples, and nothing else does", () => {
    const readme = readFileSync(projectFile("examples/README.md"), "utf8");
    const listed = [...readme.matchAll(/^\| \[`([\w-]+)\.ts`\]/gm)].map(([, name]) => name);
    expect(new Set(listed)).toEqual(new Set(names));
  });
});

const TAKEN = ["echo-voice", "webrtc-vs-websocket"];
test.concurrent.for(TAKEN)("%s says in one sentence that its port is taken", async (name, context) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { child, output } = start(name, { PORT: String(port) }, context);
  const [code] = (await once(child, "close")) as [number | null]; // Then all its output has come, too.
  server.close();
  expect(code).toBe(1);
  expect(output()).toMatch(
    new RegExp(`^Port ${port} is already in use\\. Stop the program that uses it, or choose another port\\.\\s*$`),
  );
});
