import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/chromium-path.ts";

describe("finding Chromium", () => {
  let folder = "";
  let env: Record<string, string> = {};

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fastrtc-chromium-"));
    env = { PATH: ["first", "second"].map((name) => join(folder, name)).join(delimiter) };
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("takes what CHROMIUM_PATH names, whatever else there is", () => {
    program("first/chromium");
    env["CHROMIUM_PATH"] = program("elsewhere/my-browser");
    expect(findChromium({ env, platform: "linux" })).toBe(join(folder, "elsewhere/my-browser"));
  });

  it("refuses a CHROMIUM_PATH that cannot be run, instead of quietly taking another browser", () => {
    program("first/chromium");
    env["CHROMIUM_PATH"] = join(folder, "elsewhere/my-browser");
    expect(() => findChromium({ env })).toThrow(/CHROMIUM_PATH is .*my-browser, which is not a program/);
  });

  it("prefers Chromium to Chrome, wherever they are on the PATH", () => {
    program("first/google-chrome");
    program("second/chromium");
    expect(findChromium({ env, platform: "linux" })).toBe(join(folder, "second/chromium"));
  });

  it("passes over a folder of that name", () => {
    program("first/chromium/readme");
    program("second/chrome");
    expect(findChromium({ env, platform: "linux" })).toBe(join(folder, "second/chrome"));
  });

  it("looks into the usual places of Windows", () => {
    env["PROGRAMFILES"] = folder;
    program("Google/Chrome/Application/chrome.exe");
    expect(findChromium({ env, platform: "win32" })).toBe(join(folder, "Google/Chrome/Application/chrome.exe"));
  });

  it("finds nothing where there is nothing", () => {
    expect(findChromium({ env, platform: "linux" })).toBeUndefined();
  });

  /** Makes an empty program, which nothing here starts. */
  function program(path: string): string {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, "", { mode: 0o755 });
    return full;
  }
});
