import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ownTarball } from "../../src/cli/init/own-tarball.ts";
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
    complained: `${place.path}/app has its own tsconfig.json already; nothing was written. Choose another folder.`,
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

test.each([
  ["a folder named as a template has that one", "init voice", "Say something"],
  ["unless another is asked for", "init voice --template phone", "Call me"],
])("%s", async (_, line, title) => {
  await using place = await appFolder({});
  expect((await typed(line, { folder: place.path })).code).toBe(0);
  expect(await readFile(join(place.path, "voice", "app.ts"), "utf8")).toContain(title);
});

test.each([
  ["the tarball that this package was installed from", "file:../fastrtc-0.1.0.tgz", "fastrtc-0.1.0.tgz"],
  ["nothing where it came from a registry", "^0.1.0", undefined],
  ["nothing where it is linked to a checkout", "file:../fastrtc", undefined],
])("a new app has %s", async (_, spec, tarball) => {
  await using place = await appFolder({});
  const project = join(place.path, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), JSON.stringify({ dependencies: { fastrtc: spec } }));
  expect(await ownTarball(join(project, "node_modules", "fastrtc"))).toBe(
    tarball === undefined ? undefined : `file:${join(place.path, tarball)}`,
  );
});

test.each(["{", "[]", undefined])("a project whose package.json is %s names no tarball", async (text) => {
  await using place = await appFolder({});
  if (text !== undefined) await writeFile(join(place.path, "package.json"), text);
  expect(await ownTarball(join(place.path, "node_modules", "fastrtc"))).toBe(undefined);
});
