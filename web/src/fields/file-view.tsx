import type { VNode } from "preact";
import type { FileData } from "../../../src/client/index.ts";

interface FileViewProps {
  file: FileData;
  /** As what it is shown; by its type where nothing is said. */
  kind?: "image" | "audio" | "file" | undefined;
  autoplay?: boolean;
}

/** A picture, a sound with its controls, or a link to a document. */
export function FileView({ file, kind = kindOf(file), autoplay = false }: FileViewProps): VNode {
  const { url, name } = file;
  switch (kind) {
    case "image":
      return <img class="file-image" src={url} alt={name ?? ""} />;
    case "audio":
      return <audio class="file-audio" src={url} controls autoplay={autoplay} />;
    case "file":
      return (
        <a class="file-link" href={url} download={name ?? ""}>
          {name ?? (url.startsWith("data:") ? "Download" : url)}
        </a>
      );
  }
}

function kindOf({ mimeType }: FileData): "image" | "audio" | "file" {
  const [kind] = mimeType?.split("/") ?? [];
  return kind === "image" || kind === "audio" ? kind : "file";
}
