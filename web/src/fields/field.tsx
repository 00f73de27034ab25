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
