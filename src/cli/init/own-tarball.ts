import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const projectSchema = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

const OWN_FOLDER = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Where this package was installed from, as a package.json names it, if that was a tarball and no registry: "file:/path/fastrtc-0.1.0.tgz".
 * A new app can have it from there as well.
 * @param ownFolder @internal Replaced in tests.
 */
export async function ownTarball(ownFolder = OWN_FOLDER): Promise<string | undefined> {
  const modules = dirname(resolve(ownFolder));
  if (basename(modules) !== "node_modules") return undefined;
  const project = dirname(modules);
  let text: string;
  try {
    text = await readFile(resolve(project, "package.json"), "utf8");
  } catch {
    return undefined; // npm can install without one; then nobody says from where.
  }
  const parsed = projectSchema.safeParse(readJson(text));
  if (!parsed.success) return undefined;
  const spec = { ...parsed.data.devDependencies, ...parsed.data.dependencies }["fastrtc"];
  if (spec?.startsWith("file:") !== true || !spec.endsWith(".tgz")) return undefined;
  return `file:${resolve(project, spec.slice("file:".length))}`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Whoever wrote it is told by npm.
  }
}
