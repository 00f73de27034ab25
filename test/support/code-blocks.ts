/** A piece of TypeScript in a Markdown file. */
export interface CodeBlock {
  /** Its line in the Markdown file, counted from 1. */
  readonly line: number;
  /** The code, on the same lines as in the Markdown file, so that a compiler's complaint points there. */
  readonly code: string;
}

/** The fenced blocks of a Markdown file that are marked `ts`. */
export function typescriptBlocks(markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { line: number; isTypescript: boolean; code: string[] } | undefined;
  for (const [index, text] of markdown.split(/\r?\n/).entries()) {
    if (open && text.trimEnd() === "```") {
      if (open.isTypescript) blocks.push({ line: open.line, code: "\n".repeat(open.line) + open.code.join("\n") });
      open = undefined;
    } else if (open) {
      open.code.push(text);
    } else if (text.startsWith("```")) {
      open = { line: index + 1, isTypescript: text.trimEnd() === "```ts", code: [] };
    }
  }
  return blocks;
}
