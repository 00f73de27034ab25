import { type ESTree, parseSync } from "vite";

/** A place in a source file that names another module: import, export … from, import() or a type's import(). */
export interface ModuleReference {
  readonly specifier: string;
  readonly line: number;
}

/** A use of a name that the file itself does not declare, such as `Buffer` or `Date.now`. */
export interface GlobalUse {
  /** The name, with the member where one is read: `process.env`. `new Date()` is written `Date()`. */
  readonly name: string;
  readonly line: number;
}

/** What the architecture rules need to know of one source file. */
export interface ParsedModule {
  readonly references: readonly ModuleReference[];
  readonly globals: readonly GlobalUse[];
}

export type Node = ESTree.Node;

/** Parses TypeScript. @throws {Error} when the source has a syntax error. */
export function parseModule(path: string, source: string): ParsedModule {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const lineOf = lineCounter(source);
  const references: ModuleReference[] = [];
  const uses: GlobalUse[] = [];
  const declared = new Set<string>();
  walk(program, (node, parent) => {
    const specifier = referencedModule(node);
    if (specifier !== undefined) references.push({ specifier, line: lineOf(node.start) });
    if (node.type === "ObjectPattern") for (const name of shorthandNames(node)) declared.add(name);
    if (node.type !== "Identifier") return;
    if (parent && declaresName(parent, node)) declared.add(node.name);
    else if (!parent || !isOnlyAName(parent, node))
      uses.push({ name: usedName(node.name, parent), line: lineOf(node.start) });
  });
  return { references, globals: uses.filter(({ name }) => !declared.has(name.replace(/[.(].*$/, ""))) };
}

/** Visits every node of a tree, parents first. */
function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  visit(node, parent);
  for (const [key, value] of Object.entries(node)) {
    if (key === "parent") continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit, node);
  }
}

/** Tells the line of an offset, counted from 1. Asked for every name in a file, so it must not read the file again. */
function lineCounter(source: string): (offset: number) => number {
  const ends = [...source.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function referencedModule(node: Node): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
      return node.source.value;
    case "ExportNamedDeclaration":
      return node.source?.value;
    case "ImportExpression":
      // An import of something computed cannot be checked, so it counts as a module of that name.
      return node.source.type === "Literal" ? String(node.source.value) : "(computed)";
    case "TSImportType":
      return node.source.value;
    default:
      return undefined;
  }
}

/** Whether `parent` makes `name` a name of this file: an import, a declaration, a parameter. */
function declaresName(parent: Node, name: Node): boolean {
  switch (parent.type) {
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
      return parent.local === name;
    case "VariableDeclarator":
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
      return parent.id === name || ("params" in parent && (parent.params as readonly unknown[]).includes(name));
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return (parent.params as readonly unknown[]).includes(name);
    case "AssignmentPattern":
      return parent.left === name;
    case "RestElement":
    case "ArrayPattern":
      return true;
    default:
      return false;
  }
}

/** The names that `const { a, b: c } = …` declares; those with a default are found where they get it. */
function shorthandNames({ properties }: Extract<Node, { type: "ObjectPattern" }>): string[] {
  return properties.flatMap((property) =>
    property.type === "Property" && property.value.type === "Identifier" ? [property.value.name] : [],
  );
}

/** Whether an identifier here is a label of something, not a reference to a variable. */
function isOnlyAName(parent: Node, name: Node): boolean {
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === name && !parent.computed;
    case "Property":
      return parent.key === name && !parent.computed && parent.value !== name;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === name && !parent.computed;
    case "ExportSpecifier":
      return parent.exported === name && parent.local !== name;
    case "ImportSpecifier":
      return parent.imported === name;
    case "TSQualifiedName":
      return parent.right === name;
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
      return true;
    default:
      return false;
  }
}

function usedName(name: string, parent: Node | undefined): string {
  if (parent?.type === "MemberExpression" && parent.property.type === "Identifier" && !parent.computed) {
    return `${name}.${parent.property.name}`;
  }
  if (parent?.type === "NewExpression" && parent.arguments.length === 0) return `${name}()`;
  return name;
}
