import type { VNode } from "preact";
import type {
  ChatMessage,
  ComponentDescriptor,
  ElementDescriptor,
  GalleryItem,
  LabelValue,
  PlotValue,
} from "../../../src/client/index.ts";
import { SafeHtml } from "../safe-html.tsx";
import { Chat } from "./chat.tsx";
import { Field } from "./field.tsx";
import { filesOf } from "./file-input.tsx";
import { FileView } from "./file-view.tsx";
import { Markdown } from "./markdown.tsx";
import { OwnElement } from "./own-element.tsx";
import { Plot } from "./plot.tsx";

/** One output, as its component shows it. */
export function OutputField({ descriptor, value }: { descriptor: ComponentDescriptor; value: unknown }): VNode {
  if (descriptor.type === "element") return <OwnElement descriptor={descriptor} value={value} />;
  return <Field descriptor={descriptor}>{view(descriptor, value)}</Field>;
}

/** The server has checked the values against their components, so their types are not checked a second time. */
function view(descriptor: Exclude<ComponentDescriptor, ElementDescriptor>, value: unknown): VNode {
  switch (descriptor.type) {
    case "number":
      return <p class="output-number">{numberText(value, descriptor.precision)}</p>;
    case "slider":
      return <meter min={descriptor.minimum} max={descriptor.maximum} value={Number(value)} title={String(value)} />;
    case "checkbox":
      return <p class="output-text">{value === true ? "Yes" : "No"}</p>;
    case "textbox":
    case "button":
      return <p class="output-text">{textOf(value)}</p>;
    case "radio":
    case "dropdown": {
      const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
      const labels = descriptor.choices.filter((choice) => chosen.includes(choice.value)).map(({ label }) => label);
      return <p class="output-text">{labels.join(", ") || "–"}</p>;
    }
    case "image":
    case "audio":
    case "file": {
      const files = filesOf(value);
      if (files.length === 0) return <Empty />;
      return (
        <>
          {files.map((file) => (
            <FileView
              key={file.url}
              file={file}
              kind={descriptor.type}
              autoplay={"autoplay" in descriptor && descriptor.autoplay}
            />
          ))}
        </>
      );
    }
    case "html":
      return <SafeHtml class="output-html" markup={textOf(value)} />;
    case "markdown":
      return <Markdown text={textOf(value)} />;
    case "json":
      return <pre class="monospaced">{JSON.stringify(value, undefined, 2)}</pre>;
    case "code":
      return <pre class="monospaced">{textOf(value)}</pre>;
    case "chatbot":
      return <Chat messages={value as readonly ChatMessage[]} placeholder={descriptor.placeholder} />;
    case "label":
      return value === null ? <Empty /> : <Label value={value as LabelValue} count={descriptor.numTopClasses} />;
    case "gallery":
      return <Gallery items={value as readonly GalleryItem[]} columns={descriptor.columns} />;
    case "plot":
      return value === null ? <Empty /> : <Plot plot={value as PlotValue} />;
    case "state":
      return <Empty />;
  }
}

function Empty(): VNode {
  return <p class="output-empty">Nothing yet</p>;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function numberText(value: unknown, precision: number | null): string {
  if (typeof value !== "number") return "–";
  return precision === null ? String(value) : value.toFixed(precision);
}

function Label({ value, count }: { value: LabelValue; count: number | null }): VNode {
  return (
    <div class="output-label">
      <p class="output-number">{value.label}</p>
      {value.confidences.slice(0, count ?? undefined).map(({ label, confidence }) => (
        <div key={label} class="confidence">
          <span>{label}</span>
          <span>{Math.round(confidence * 100)} %</span>
          <progress max={1} value={confidence} aria-label={label} />
        </div>
      ))}
    </div>
  );
}

function Gallery({ items, columns }: { items: readonly GalleryItem[]; columns: number }): VNode {
  if (items.length === 0) return <Empty />;
  return (
    <div class="gallery" style={{ "--columns": columns }}>
      {items.map(({ image, caption }, index) => (
        <figure key={index}>
          <FileView file={image} kind="image" />
          {caption && <figcaption>{caption}</figcaption>}
        </figure>
      ))}
    </div>
  );
}
