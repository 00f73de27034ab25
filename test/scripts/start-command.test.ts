import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, it } from "vitest";
import { projectFile } from "../support/source-tree.ts";

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGTERM");
});

it.each(["SIGINT", "SIGTERM"] as const)(
  "npm start ends by %s at once, with exit code 0 and the server gone",
  async (signal) => {
    const { child, untilPrinted, output } = npmStart({ PORT: "0" });
    const [, url = ""] = await untilPrinted(/Running on (http:\S+)/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill(signal); // To npm alone, as a container's runtime does it: a terminal also tells the others.
    const [code] = (await once(child, "exit")) as [number | null];
    expect({ code, complaints: output().match(/error/gi) }).toEqual({ code: 0, complaints: null });
    await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
  },
  180_000,
);

it("npm start says in one sentence that the port is taken", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  const { child, output } = npmStart({ PORT: port });
  const [code] = (await once(child, "close")) as [number | null];
  server.close();
  expect(code).toBe(1);
  expect(
    output()
      .split(/\r?\n/)
      .filter((line) => line.includes(port)),
  ).toEqual([`Port ${port} is already in use. Stop the program that uses it, or choose another port.`]);
  expect(output()).not.toMatch(/\n\s+at /); // No stack trace.
}, 180_000);

interface Started {
  readonly child: ChildProcess;
  readonly untilPrinted: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly output: () => string;
}

function npmStart(env: Readonly<Record<string, string>>): Started {
  const child = spawn("npm", ["start"], {
    cwd: projectFile(""),
    env: { ...process.env, HOST: "127.0.0.1", ...env },
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => (printed += text));
  }
  const untilPrinted = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(printed);
      if (found) return found;
      if (child.exitCode !== null)
        throw new Error(`npm start ended with ${child.exitCode} after printing:\n${printed}`);
      await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    }
  };
  return { child, untilPrinted, output: () => printed };
}
