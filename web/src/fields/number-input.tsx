import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import type { NumberDescriptor } from "../../../src/client/index.ts";
import { Field } from "./field.tsx";
import type { InputProps } from "./input-props.ts";

/** A number. While it is being typed it may be none, or out of its range: then what was said before stands. */
export function NumberInput({ descriptor, value, onChange }: InputProps<NumberDescriptor>): VNode {
  const id = useId();
  // Beside the value, because the page is drawn anew in the middle of a word.
  const [draft, setDraft] = useState<string>();
  const { minimum, maximum, step } = descriptor;
  const range = { ...(minimum !== null && { min: minimum }), ...(maximum !== null && { max: maximum }) };
  return (
    <Field descriptor={descriptor} labelFor={id}>
      <input
        id={id}
        type="number"
        {...range}
        step={step ?? "any"}
        value={draft ?? (typeof value === "number" ? value : "")}
        onInput={({ currentTarget: { value: text, valueAsNumber, validity } }) => {
          setDraft(text);
          if (validity.valid) onChange(text === "" ? null : valueAsNumber, false);
        }}
        onBlur={() => setDraft(undefined)}
      />
    </Field>
  );
}
