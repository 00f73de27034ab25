import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { projectFile } from "./support/source-tree.ts";

describe("package-lock.json", () => {
  const { packages } = readJson("package-lock.json") as { packages: Record<string, LockedPackage> };
  const installed = Object.entries(packages).filter(([path]) => path.includes("node_modules/"));

  it("names no registry, so that npm ci asks whichever one is configured", () => {
    const addresses = installed.flatMap(([path, { resolved, link }]) =>
      resolved && !link ? [`${path}: ${resolved}`] : [],
    );
    expect(addresses).toEqual([]);
  });

  it("holds a checksum for every package", () => {
    expect(installed.filter(([, { integrity, link }]) => !link && !integrity).map(([path]) => path)).toEqual([]);
  });

  it("holds every package that another one may need on some platform, or npm ci refuses it", () => {
    const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages))
        .map((name) => `${path} -> ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("lists the packages with install scripts that package.json refuses, and no others", () => {
    const { allowScripts } = readJson("package.json") as { allowScripts: Record<string, boolean> };
    const withScripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(Object.fromEntries(withScripts.map(([path]) => [path.replace(/^.*node_modules\//, ""), false]))).toEqual(
      allowScripts,
    );
  });
});

describe.each(["package.json", "web/package.json"])("%s", (path) => {
  it("pins exact versions", () => {
    const { dependencies, devDependencies, optionalDependencies } = readJson(path) as Manifest;
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(projectFile(path), "utf8"));
}
