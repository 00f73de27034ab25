import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ElementDescriptor } from "../../../src/client/index.ts";
import { ownModulesLoaded } from "../own-modules.ts";
import { Field } from "./field.tsx";
import type { InputProps } from "./input-props.ts";

/** What the page tells a custom element, and reads from it. */
interface OwnHtmlElement extends HTMLElement {
  value: unknown;
  label: string | null;
  options: unknown;
  interactive: boolean;
}

/** An input or output that a custom element of the application's own shows. `onChange` is undefined for an output. */
export function OwnElement({
  descriptor,
  value,
  onChange,
}: Omit<InputProps<ElementDescriptor>, "onChange"> & Partial<Pick<InputProps, "onChange">>): VNode {
  const { tag, label, options } = descriptor;
  const place = useRef<HTMLDivElement>(null);
  const element = useRef<OwnHtmlElement>(undefined);
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  const isInput = onChange !== undefined;
  const [isMissing, setMissing] = useState(false);

  useEffect(() => {
    const show = (): void => {
      if (!place.current || element.current) return;
      attempt(() => {
        const made = document.createElement(tag) as OwnHtmlElement;
        Object.assign(made, { label, options, interactive: isInput, value: latest.current.value });
        if (isInput) made.addEventListener("input", () => latest.current.onChange?.(made.value, false));
        place.current?.append(made);
        element.current = made;
      });
    };
    // Not before it is defined: what is said to an element of no kind yet would hide what its class makes of it.
    customElements.whenDefined(tag).then(() => {
      setMissing(false);
      show();
    }, reportError);
    void ownModulesLoaded().then(() => setMissing(customElements.get(tag) === undefined));
    return () => {
      element.current?.remove();
      element.current = undefined;
    };
  }, [tag, label, options, isInput]);
  useEffect(() => {
    const { current } = element;
    if (current && current.value !== value) attempt(() => (current.value = value));
  }, [value]);

  return (
    <Field descriptor={descriptor}>
      <div ref={place} />
      {isMissing && <p class="field-info field-fault">No module of this page defines {`<${tag}>`}.</p>}
    </Field>
  );
}

/** What another's element throws is reported and breaks nothing of the page. */
function attempt(work: () => unknown): void {
  try {
    work();
  } catch (thrown) {
    reportError(thrown);
  }
}
