import type { VNode } from "preact";
import { useId } from "preact/hooks";
import type { DropdownDescriptor, RadioDescriptor } from "../../../src/client/index.ts";
import { Icon } from "../icons.tsx";
import { Field } from "./field.tsx";
import type { InputProps } from "./input-props.ts";

/** One or several of many. A value that is a number stays one. */
export function ChoiceInput({ descriptor, value, onChange }: InputProps<RadioDescriptor | DropdownDescriptor>): VNode {
  const id = useId();
  const { choices } = descriptor;
  if (descriptor.type === "radio" || descriptor.multiselect) {
    const isMany = descriptor.type === "dropdown";
    const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isFull = isMany && descriptor.maxChoices !== null && chosen.length >= descriptor.maxChoices;
    return (
      <Field descriptor={descriptor}>
        <div class="choices">
          {choices.map((choice) => {
            const isChosen = chosen.includes(choice.value);
            return (
              <label key={choice.value} class="choice">
                <input
                  type={isMany ? "checkbox" : "radio"}
                  name={id}
                  checked={isChosen}
                  disabled={isFull && !isChosen}
                  onChange={() => {
                    if (!isMany) onChange(choice.value, false);
                    else
                      onChange(
                        isChosen ? chosen.filter((one) => one !== choice.value) : [...chosen, choice.value],
                        false,
                      );
                  }}
                />
                <span>{choice.label}</span>
              </label>
            );
          })}
        </div>
      </Field>
    );
  }
  const selected = choices.findIndex((choice) => choice.value === value);
  return (
    <Field descriptor={descriptor} labelFor={id}>
      <div class="field-select">
        <select
          id={id}
          value={selected}
          onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)]?.value ?? null, false)}
        >
          {(selected < 0 || descriptor.value === null) && <option value={-1}>–</option>}
          {choices.map(({ label }, index) => (
            <option key={index} value={index}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </Field>
  );
}
