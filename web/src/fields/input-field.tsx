import type { VNode } from "preact";
import { useId } from "preact/hooks";
import { ChoiceInput } from "./choice-input.tsx";
import { Field } from "./field.tsx";
import { FileInput } from "./file-input.tsx";
import type { InputProps } from "./input-props.ts";
import { NumberInput } from "./number-input.tsx";
import { OutputField } from "./output-field.tsx";
import { OwnElement } from "./own-element.tsx";
import { TextInput } from "./text-input.tsx";

/** One input, as its component wants it. */
export function InputField({ descriptor, value, onChange }: InputProps): VNode {
  const id = useId();
  switch (descriptor.type) {
    case "slider": {
      const { minimum, maximum, step } = descriptor;
      return (
        <Field descriptor={descriptor} labelFor={id} aside={<output for={id}>{String(value)}</output>}>
          <input
            id={id}
            type="range"
            min={minimum}
            max={maximum}
            step={step ?? "any"}
            value={Number(value)}
            onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber, false)}
          />
        </Field>
      );
    }
    case "number":
      return <NumberInput descriptor={descriptor} value={value} onChange={onChange} />;
    case "checkbox":
      return (
        <Field descriptor={{ ...descriptor, label: null }} labelFor={id}>
          <label class="choice">
            <input
              id={id}
              type="checkbox"
              checked={value === true}
              onChange={({ currentTarget }) => onChange(currentTarget.checked, false)}
            />
            <span>{descriptor.label ?? "On"}</span>
          </label>
        </Field>
      );
    case "button":
      return (
        <div class="field" data-type="button">
          <button
            type="button"
            class="field-button"
            data-variant={descriptor.variant}
            onClick={() => onChange(Number(value) + 1, true)}
          >
            {descriptor.label}
          </button>
          {descriptor.info && <p class="field-info">{descriptor.info}</p>}
        </div>
      );
    case "textbox":
    case "code":
    case "json":
      return <TextInput descriptor={descriptor} value={value} onChange={onChange} />;
    case "radio":
    case "dropdown":
      return <ChoiceInput descriptor={descriptor} value={value} onChange={onChange} />;
    case "image":
    case "audio":
    case "file":
      return <FileInput descriptor={descriptor} value={value} onChange={onChange} />;
    case "element":
      return <OwnElement descriptor={descriptor} value={value} onChange={onChange} />;
    default:
      return <OutputField descriptor={descriptor} value={value} />;
  }
}
