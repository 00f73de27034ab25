import type { ComponentChildren, VNode } from "preact";

/** Text with the marks of Markdown that people and models use most: headings, lists, code, emphasis, links. HTML in it stays text. */
export function Markdown({ text }: { text: string }): VNode {
  return <div class="markdown">{blocks(text.replaceAll("\r\n", "\n"))}</div>;
}

function blocks(text: string): VNode[] {
  const found: VNode[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const take = (test: (line: string) => boolean): string[] => {
      const begin = at;
      while (at < lines.length && test(lines[at] ?? "")) at += 1;
      return lines.slice(begin, at);
    };
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (line.startsWith("```")) {
      at += 1;
      const code = take((each) => !each.startsWith("```"));
      at += 1;
      found.push(<pre class="monospaced">{code.join("\n")}</pre>);
    } else if (heading) {
      at += 1;
      found.push(<p class="markdown-heading">{inline(heading[2] ?? "")}</p>);
    } else if (BULLET.test(line)) {
      const items = take((each) => BULLET.test(each)).map((each) => <li>{inline(each.replace(BULLET, ""))}</li>);
      found.push(<ul>{items}</ul>);
    } else if (NUMBER.test(line)) {
      const items = take((each) => NUMBER.test(each)).map((each) => <li>{inline(each.replace(NUMBER, ""))}</li>);
      found.push(<ol>{items}</ol>);
    } else if (line.trim() === "") {
      at += 1;
    } else {
      const paragraph = take((each) => each.trim() !== "" && !/^(```|#{1,6}\s)/.test(each) && !isItem(each));
      found.push(<p>{paragraph.flatMap((each, index) => (index > 0 ? [<br />, ...inline(each)] : inline(each)))}</p>);
    }
  }
  return found;
}

const BULLET = /^\s*[-*+]\s+/;
const NUMBER = /^\s*\d{1,9}[.)]\s+/;
const isItem = (line: string): boolean => BULLET.test(line) || NUMBER.test(line);

/** Code, bold, italic, links; what is not closed stays as it is. */
const INLINE =
  /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+|mailto:[^\s)]+|\/[^\s)]*)\)/;

function inline(text: string): ComponentChildren[] {
  const found: ComponentChildren[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    const [whole, code, bold, strong, italic, label, url = ""] = match;
    found.push(rest.slice(0, match.index));
    if (code !== undefined) found.push(<code>{code}</code>);
    else if (bold !== undefined || strong !== undefined) found.push(<strong>{inline(bold ?? strong ?? "")}</strong>);
    else if (italic !== undefined) found.push(<em>{inline(italic)}</em>);
    else {
      found.push(
        <a href={url} target="_blank" rel="noopener noreferrer">
          {label}
        </a>,
      );
    }
    rest = rest.slice(match.index + whole.length);
  }
  found.push(rest);
  return found;
}
