import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { sanitizeHtml } from "./sanitize-html.ts";

/** Markup of the server's, without what could do harm. */
export function SafeHtml({ markup, class: name }: { markup: string; class: string }): VNode {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => element.current?.replaceChildren(sanitizeHtml(markup)), [markup]);
  return <div ref={element} class={name} />;
}
