import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Transcript } from "../../src/client/index.ts";

/** What was said, as text; the newest is in sight. */
export function Captions({ captions }: { captions: readonly Transcript[] }): VNode | null {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [captions]);
  if (captions.length === 0) return null;
  return (
    <div ref={list} class="captions" role="log" aria-label="Captions" tabIndex={0}>
      {captions.map(({ role, text, id }, index) => (
        <p key={id ?? index} data-role={role} dir="auto">
          <strong>{role === "user" ? "You" : "Reply"}</strong> {text}
        </p>
      ))}
    </div>
  );
}
