import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { version } from "../../src/version.ts";
import { appFolder, CliProcess, FASTRTC } from "./cli-process.ts";
import { typed } from "./typed.ts";

vi.setConfig({ testTimeout: 120_000 });

test.each(["video", "voice", "phone"])("the template %s is an app that runs as it is", async (template) => {
  await using place = await appFolder({});
  const made = await typed(`init My_App --template ${template}`, { folder: place.path });
  expect(made).toEqual({
    code: 0,
    printed:
      "Made app.ts, Dockerfile, .dockerignore, package.json, tsconfig.json, .gitignore, README.md. Now:\n\n  cd My_App\n  npm install\n  npm run dev",
    complained: "",
  });
  const folder = join(place.path, "My_App");
  expect(JSON.parse(await readFile(join(folder, "package.json"), "utf8"))).toMatchObject({
    name: "my_app",
    type: "module",
    scripts: { dev: "fastrtc dev app.ts", start: "fastrtc serve app.ts --host 0.0.0.0" },
    dependencies: { fastrtc: `^${version}` },
  });
  const app = await readFile(join(folder, "app.ts"), "utf8");
  await writeFile(join(folder, "app.ts"), app.replace('"fastrtc"', FASTRTC)); // It is not installed here.
  await using cli = new CliProcess(["serve", "app.ts", "--port", "0"], { cwd: folder });
  const [, url = ""] = await cli.untilPrinted(/Running on (http:\S+)/);
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ status: "ok", sessions: 0 });
  const called = await fetch(`${url}/telephone/incoming`, { method: "POST" });
  expect(called.status).toBe(template === "video" ? 404 : 200);
});

test("init overwrites nothing, and says what is in the way", async () => {
  await using place = await appFolder({});
  await mkdir(join(place.path, "app"));
  await writeFile(join(place.path, "app", "tsconfig.json"), "{}");
  expect(await typed("init app", { folder: place.path })).toEqual({
    code: 2,
    printed: "",
    complained: `There is a tsconfig.json in ${place.path}/app already; nothing was written. Choose another folder.`,
  });
  expect(await readdir(join(place.path, "app"))).toEqual(["tsconfig.json"]);
});

test("init names a packed fastrtc by its whole path", async () => {
  await using place = await appFolder({});
  await typed("init app --fastrtc ./fastrtc.tgz", { folder: place.path });
  expect(JSON.parse(await readFile(join(place.path, "app", "package.json"), "utf8"))).toMatchObject({
    dependencies: { fastrtc: `file:${place.path}/fastrtc.tgz` },
  });
});
