import { dirname, join } from "node:path/posix";
import { type ESTree, parseSync } from "vite";
import type { SourceTree } from "./architecture-rules.ts";
import type { Node } from "./parsed-module.ts";

/** One name that a door of the package offers. */
export interface PublicName {
  readonly name: string;
  readonly kind: "class" | "function" | "constant" | "interface" | "type";
  /** Those of its parts that have no docstring: `Stream` for itself, `Stream.mount` for a member. */
  readonly undocumented: readonly string[];
}

interface Declaration {
  readonly kind: PublicName["kind"];
  readonly node: Node;
  /** Where a docstring ends that belongs to it: the start of the whole statement. */
  readonly start: number;
  readonly module: SourceModule;
}

interface SourceModule {
  readonly path: string;
  readonly source: string;
  readonly program: ESTree.Program;
  readonly comments: ReturnType<typeof parseSync>["comments"];
}

/** The names that a module exports, through re-exports as well, in alphabetical order. */
export function publicNames(tree: SourceTree, door: string): readonly PublicName[] {
  return [...exportsOf(tree, door)]
    .map(([name, declaration]) => ({
      name,
      kind: declaration.kind,
      undocumented: undocumentedParts(name, declaration),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function exportsOf(tree: SourceTree, path: string): Map<string, Declaration> {
  const module = parse(tree, path);
  const found = new Map<string, Declaration>();
  const from = (specifier: string): Map<string, Declaration> => exportsOf(tree, join(dirname(path), specifier));
  for (const statement of module.program.body) {
    if (statement.type === "ExportAllDeclaration") {
      for (const [name, declaration] of from(statement.source.value)) found.set(name, declaration);
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    if (statement.declaration) {
      for (const [name, declaration] of declarationsIn(statement.declaration, statement.start, module)) {
        // Of overloads, and of a class and what is merged into it, the first speaks for all.
        if (!found.has(name)) found.set(name, declaration);
      }
    }
    const origin = statement.source ? from(statement.source.value) : localDeclarations(module);
    for (const { local, exported } of statement.specifiers) {
      const declaration = origin.get(moduleExportName(local));
      if (!declaration) throw new Error(`${path} exports ${moduleExportName(local)}, whose declaration was not found.`);
      found.set(moduleExportName(exported), declaration);
    }
  }
  return found;
}

function localDeclarations(module: SourceModule): Map<string, Declaration> {
  return new Map(module.program.body.flatMap((statement) => declarationsIn(statement, statement.start, module)));
}

function declarationsIn(node: Node, start: number, module: SourceModule): [string, Declaration][] {
  const one = (kind: PublicName["kind"], id: { name: string } | null): [string, Declaration][] =>
    id ? [[id.name, { kind, node, start, module }]] : [];
  switch (node.type) {
    case "ClassDeclaration":
      return one("class", node.id);
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      return one("function", node.id);
    case "TSInterfaceDeclaration":
      return one("interface", node.id);
    case "TSTypeAliasDeclaration":
      return one("type", node.id);
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? one("constant", id) : []));
    default:
      return [];
  }
}

function undocumentedParts(name: string, { node, start, module }: Declaration): string[] {
  const missing = docstringBefore(module, start) === undefined ? [name] : [];
  if (node.type !== "ClassDeclaration") return missing;
  const documented = new Set<string>();
  const members = new Set<string>();
  for (const member of node.body.body) {
    if (member.type === "StaticBlock" || member.type === "TSIndexSignature") continue;
    if (member.computed || member.key.type !== "Identifier") continue; // Private, or a well-known symbol.
    if (member.accessibility === "private" || member.accessibility === "protected" || member.override) continue;
    if (member.type === "MethodDefinition" && (member.kind === "constructor" || member.kind === "set")) continue;
    members.add(member.key.name);
    if (docstringBefore(module, member.start) !== undefined) documented.add(member.key.name);
  }
  // Of overloads one may speak for all, and their implementation is not public.
  return [...missing, ...[...members].filter((member) => !documented.has(member)).map((member) => `${name}.${member}`)];
}

/** The docstring that ends right before an offset. */
function docstringBefore({ comments, source }: SourceModule, offset: number): string | undefined {
  const comment = comments.findLast(({ end }) => end <= offset);
  if (!comment?.value.startsWith("*") || source.slice(comment.end, offset).trim() !== "") return undefined;
  return comment.value;
}

function moduleExportName(name: ESTree.ModuleExportName): string {
  return name.type === "Literal" ? name.value : name.name;
}

function parse(tree: SourceTree, path: string): SourceModule {
  const source = tree.get(path);
  if (source === undefined) throw new Error(`${path} is exported from, but does not exist.`);
  const { program, comments } = parseSync(path, source);
  return { path, source, program, comments };
}
