import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { publicNames } from "./support/public-api.ts";
import { projectFile, readSourceTree } from "./support/source-tree.ts";

/** The doors of the package, by the source that each is built from. */
const doors = [
  ...new Set(
    Object.values(packageExports()).flatMap((target) =>
      typeof target === "string" ? [] : [target.types.replace("./dist/", "src/").replace(/\.d\.ts$/, ".ts")],
    ),
  ),
];

describe.each(doors)("the door %s", (door) => {
  const names = publicNames(readSourceTree("src"), door);

  // A changed list is a changed promise: run vitest with -u when that is what you want, and tell it in CHANGELOG.md.
  it("offers exactly the names on record", async () => {
    const list = names.map(({ kind, name }) => `${kind} ${name}\n`).join("");
    await expect(list).toMatchFileSnapshot(`public-names/${door.replace(/^src\/|\.ts$/g, "").replace(/\W/g, "-")}.txt`);
  });

  it("documents every name and every public member of its classes", () => {
    expect(names.flatMap(({ undocumented }) => undocumented)).toEqual([]);
  });
});

describe("the check of docstrings", () => {
  it("finds undocumented names and members through re-exports, and leaves private ones alone", () => {
    const tree = new Map([
      ["src/index.ts", 'export { A, type B as C } from "./a.ts"; export * from "./d.ts";'],
      [
        "src/a.ts",
        `/** Documented. */
         export class A {
           /** Documented. */
           readonly one = 1;
           two = 2;
           #three = 3;
           private four = 4;
           constructor() {}
           /* Not a docstring. */
           five(): void {}
           /** Documented. */
           seven(): void;
           seven(_value?: number): void {}
           get six(): number { return 6; }
           set six(_value: number) {}
           [Symbol.dispose](): void {}
         }
         // Not a docstring.
         type B = string;
         export { B };`,
      ],
      ["src/d.ts", "/** Documented, but not what follows the next. */ const x = 1; export const d = x;"],
    ]);
    expect(publicNames(tree, "src/index.ts")).toEqual([
      { name: "A", kind: "class", undocumented: ["A.two", "A.five", "A.six"] },
      { name: "C", kind: "type", undocumented: ["C"] },
      { name: "d", kind: "constant", undocumented: ["d"] },
    ]);
  });
});

function packageExports(): Record<string, string | { types: string }> {
  const manifest = JSON.parse(readFileSync(projectFile("package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  return manifest.exports;
}
