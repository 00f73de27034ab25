import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import type { CodeDescriptor, JsonDescriptor, TextboxDescriptor } from "../../../src/client/index.ts";
import { Field } from "./field.tsx";
import type { InputProps } from "./input-props.ts";

/** How long a text is that says no bound of its own: what passes to the server. */
const MAX_LENGTH = 10_000_000;

/** A line or several of text; of JSON it takes what is some. */
export function TextInput({
  descriptor,
  value,
  onChange,
}: InputProps<TextboxDescriptor | CodeDescriptor | JsonDescriptor>): VNode {
  const id = useId();
  if (descriptor.type === "json") return <JsonInput descriptor={descriptor} value={value} onChange={onChange} />;
  const text = typeof value === "string" ? value : "";
  if (descriptor.type === "textbox" && descriptor.lines === 1) {
    const { inputType, placeholder, maxLength } = descriptor;
    const type = inputType as "text"; // To the types of JSX a union of types is none of them.
    return (
      <Field descriptor={descriptor} labelFor={id}>
        <input
          id={id}
          type={type}
          value={text}
          placeholder={placeholder ?? ""}
          maxLength={maxLength ?? MAX_LENGTH}
          autocomplete="off"
          onInput={({ currentTarget }) => onChange(currentTarget.value, false)}
          onKeyDown={({ key, currentTarget }) => {
            if (key === "Enter") onChange(currentTarget.value, true);
          }}
        />
      </Field>
    );
  }
  const { placeholder = null, maxLength = null } = descriptor.type === "textbox" ? descriptor : {};
  return (
    <Field descriptor={descriptor} labelFor={id}>
      <textarea
        id={id}
        class={descriptor.type === "code" ? "monospaced" : ""}
        spellcheck={descriptor.type === "textbox"}
        rows={descriptor.lines}
        value={text}
        placeholder={placeholder ?? ""}
        maxLength={maxLength ?? MAX_LENGTH}
        onInput={({ currentTarget }) => onChange(currentTarget.value, false)}
      />
    </Field>
  );
}

function JsonInput({ descriptor, value, onChange }: InputProps<JsonDescriptor>): VNode {
  const id = useId();
  const [draft, setDraft] = useState<string>();
  const [isInvalid, setInvalid] = useState(false);
  return (
    <Field descriptor={descriptor} labelFor={id}>
      <textarea
        id={id}
        class="monospaced"
        spellcheck={false}
        rows={4}
        aria-invalid={isInvalid}
        value={draft ?? JSON.stringify(value, undefined, 2)}
        onInput={({ currentTarget: { value: text } }) => {
          setDraft(text);
          const parsed = parse(text);
          setInvalid(parsed === undefined);
          if (parsed) onChange(parsed.value, false);
        }}
        onBlur={() => !isInvalid && setDraft(undefined)}
      />
      {isInvalid && <p class="field-info field-fault">This is no JSON yet.</p>}
    </Field>
  );
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined; // Said below the field.
  }
}
