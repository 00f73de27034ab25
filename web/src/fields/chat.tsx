import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ChatMessage } from "../../../src/client/index.ts";
import { FileView } from "./file-view.tsx";
import { Markdown } from "./markdown.tsx";

/** How near its end a conversation has to be for it to follow what is added, in pixels. */
const FOLLOWS_WITHIN = 80;

/** A conversation; the newest message is in sight unless the visitor reads further above. */
export function Chat({
  messages,
  placeholder,
}: {
  messages: readonly ChatMessage[];
  placeholder: string | null;
}): VNode {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [messages]);
  if (messages.length === 0) return <p class="output-empty">{placeholder ?? "Nothing was said yet"}</p>;
  return (
    <div
      ref={list}
      class="chat"
      tabIndex={0}
      role="log"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < FOLLOWS_WITHIN;
      }}
    >
      {messages.map(({ role, content, title }, index) => (
        <div key={index} class="chat-message" data-role={role}>
          {title && <strong class="chat-title">{title}</strong>}
          {typeof content === "string" ? <Markdown text={content} /> : <FileView file={content} />}
        </div>
      ))}
    </div>
  );
}
