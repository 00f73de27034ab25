import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import type { AudioDescriptor, FileData, FileDescriptor, ImageDescriptor } from "../../../src/client/index.ts";
import { Field } from "./field.tsx";
import { FileView } from "./file-view.tsx";
import type { InputProps } from "./input-props.ts";

/** A picture, a sound or documents from the visitor's machine. */
export function FileInput({
  descriptor,
  value,
  onChange,
}: InputProps<ImageDescriptor | AudioDescriptor | FileDescriptor>): VNode {
  const id = useId();
  const [fault, setFault] = useState<string>();
  const isMany = descriptor.type === "file" && descriptor.fileCount === "multiple";
  const files = filesOf(value);
  const choose = async (chosen: readonly File[]): Promise<void> => {
    const tooLarge = chosen.find(({ size }) => size > descriptor.maxBytes);
    setFault(tooLarge && `${tooLarge.name} is larger than ${Math.floor(descriptor.maxBytes / 1024)} KiB.`);
    if (tooLarge || chosen.length === 0) return;
    const read = await Promise.all(chosen.map(readFile));
    onChange(isMany ? read : (read[0] ?? null), false);
  };
  return (
    <Field descriptor={descriptor} labelFor={id}>
      {files.map((file) => (
        <FileView key={file.url} file={file} kind={descriptor.type} />
      ))}
      <div class="field-files">
        <input
          id={id}
          type="file"
          accept={acceptOf(descriptor)}
          multiple={isMany}
          onChange={({ currentTarget }) => {
            choose([...(currentTarget.files ?? [])]).catch(() => setFault("This file could not be read."));
          }}
        />
        {files.length > 0 && (
          <button type="button" class="field-button" onClick={() => onChange(isMany ? [] : null, false)}>
            Remove
          </button>
        )}
      </div>
      {fault && <p class="field-info field-fault">{fault}</p>}
    </Field>
  );
}

/** The files in a component's value. */
export function filesOf(value: unknown): readonly FileData[] {
  if (value === null || value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as readonly FileData[];
}

function acceptOf(descriptor: ImageDescriptor | AudioDescriptor | FileDescriptor): string | undefined {
  if (descriptor.type !== "file") return `${descriptor.type}/*`;
  return descriptor.fileTypes?.map((type) => (/^\.|\//.test(type) ? type : `${type}/*`)).join(",");
}

function readFile(file: File): Promise<FileData> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const url = typeof reader.result === "string" ? reader.result : "";
      resolve({ url, name: file.name, mimeType: file.type || null });
    });
    reader.addEventListener("error", () => reject(new Error("The file could not be read.", { cause: reader.error })));
    reader.readAsDataURL(file);
  });
}
