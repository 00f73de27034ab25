import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { projectFile } from "../support/source-tree.ts";
import { appFolder, CliProcess, FASTRTC } from "./cli-process.ts";

vi.setConfig({ testTimeout: 120_000 });

const app = (options: string): string => `
import { Stream } from ${FASTRTC};
export default new Stream({ handler: (frame) => frame, modality: "video", ${options} });
`;
const LIMITED = "concurrencyLimit: 7, timeLimit: 120";
const WITH_STUN = `${LIMITED}, rtcConfiguration: { iceServers: [{ urls: "stun:stun.example.com" }] }, serverRtcConfiguration: { iceServers: [] }`;

/** A tool called modal, in the place of the real one, which needs an account: it writes down how it was called. */
async function standIn(folder: string): Promise<string> {
  const place = join(folder, "bin");
  await mkdir(place);
  await writeFile(join(place, "modal"), `#!/bin/sh\necho "modal was told: $*"\nexit 3\n`);
  await chmod(join(place, "modal"), 0o755);
  return place;
}

test("deploy modal writes the file from the Stream's limits and runs the tool, whose exit code is its own", async () => {
  await using folder = await appFolder({ "app.ts": app(WITH_STUN) });
  const bin = await standIn(folder.path);
  const run = async (...options: string[]) => {
    await using cli = new CliProcess(["deploy", "modal", "app.ts", "--name", "my-app", ...options], {
      cwd: folder.path,
      env: { PATH: bin },
    });
    return await cli.ended();
  };
  const file = join(folder.path, "modal_app.py");
  expect(await run()).toEqual({
    code: 3,
    printed: `Wrote modal_app.py: 7 calls per container, 120 s each.\nmodal deploy ${file}\nmodal was told: deploy ${file}\n`,
  });
  const written = await readFile(file, "utf8");
  expect(written).toContain("MAX_CONCURRENT_STREAMS = 7  #");
  expect(written).toContain("TIME_LIMIT = 120  #");
  expect(written).toContain('app = modal.App("my-app", image=image)');
  expect(written).toContain('"serve", "app.ts", "--host", "0.0.0.0"');
  expect((await run("--serve")).printed).toContain(`modal was told: serve ${file}`); // Written anew, over its own.
  await writeFile(file, "# Mine.\n");
  expect(await run()).toEqual({
    code: 2,
    printed: `${file} was not written by this command, and is left as it is. Rename it, or delete it.\n`,
  });
  expect(await readFile(file, "utf8")).toBe("# Mine.\n");
});

test("deploy modal says what is missing: the tool, a STUN server, a time limit", async () => {
  await using folder = await appFolder({ "app.ts": app(LIMITED), "endless.ts": app("concurrencyLimit: 7") });
  const run = async (...args: string[]) => {
    await using cli = new CliProcess(["deploy", "modal", ...args], { cwd: folder.path, env: { PATH: folder.path } });
    return await cli.ended();
  };
  const { code, printed } = await run("app.ts");
  expect(code).toBe(1);
  expect(printed).toContain(
    "Modal's containers are behind NAT: give the Stream an rtcConfiguration with a STUN server",
  );
  expect(printed).toContain("The tool modal is not installed. Run: pip install modal && modal setup && modal deploy ");
  expect(await run("endless.ts")).toEqual({
    code: 2,
    printed: "The Stream has no timeLimit, and Modal needs to know it. Set it in the app, or pass --time-limit.\n",
  });
  const given = await run("endless.ts", "--time-limit", "4000", "--write");
  expect(given.code).toBe(0);
  expect(given.printed).toContain(
    "Modal ends idle containers after 3600 s at most: calls that last longer may be cut off.",
  );
});

test("deploy/modal/app.py is what the command writes for deploy/app.ts", async () => {
  const { modalApp } = await import("../../src/cli/deploy/modal-app.ts");
  expect(await readFile(projectFile("deploy/modal/app.py"), "utf8")).toBe(
    modalApp({ name: "fastrtc-mirror", app: "app.ts", concurrencyLimit: 10, timeLimitS: 600 }),
  );
});
