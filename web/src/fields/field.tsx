import type { ComponentChildren, VNode } from "preact";
import type { ComponentDescriptor } from "../../../src/client/index.ts";

interface FieldProps {
  descriptor: ComponentDescriptor;
  /** The element that the label belongs to; without it the label names the group. */
  labelFor?: string;
  /** Stands beside the label: a slider's number. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** What all inputs and outputs look like: a label above, a sentence below. */
export function Field({ descriptor: { type, label, info }, labelFor, aside, children }: FieldProps): VNode {
  return (
    <div class="field" data-type={type} {...(!labelFor && label && { role: "group", "aria-label": label })}>
      {!label && labelFor && type !== "checkbox" && (
        <label class="visually-hidden" for={labelFor}>
          {UNNAMED[type] ?? "Value"}
        </label>
      )}
      {(label ?? aside) && (
        <div class="field-head">
          {label && (labelFor ? <label for={labelFor}>{label}</label> : <span class="field-label">{label}</span>)}
          {aside}
        </div>
      )}
      {children}
      {info && <p class="field-info">{info}</p>}
    </div>
  );
}

/** What an input is called that was given no label, for those who do not see what it is. */
const UNNAMED: Readonly<Partial<Record<ComponentDescriptor["type"], string>>> = {
  slider: "Slider",
  number: "Number",
  textbox: "Text",
  dropdown: "Choice",
  image: "Picture",
  audio: "Sound",
  file: "File",
  json: "JSON",
  code: "Code",
};
