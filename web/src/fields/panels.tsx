import type { VNode } from "preact";
import type { PageConfig } from "../page-config.ts";
import { shownInputs, shownOutputs } from "./field-values.ts";
import { InputField } from "./input-field.tsx";
import { OutputField } from "./output-field.tsx";
import type { UsedFields } from "./use-fields.ts";

interface PanelProps {
  config: PageConfig;
  fields: UsedFields;
  /** The place of one that stands elsewhere on the page. */
  except: number | undefined;
}

/** What the visitor may set. */
export function InputPanel({ config, fields: { values, change, submit }, except }: PanelProps): VNode | null {
  const shown = shownInputs(config).filter((index) => index !== except);
  if (shown.length === 0) return null;
  return (
    <section class="panel panel-inputs" aria-label="Inputs">
      {shown.map((index) => {
        const descriptor = config.additionalInputs[index];
        return (
          descriptor && (
            <InputField
              key={index}
              descriptor={descriptor}
              value={values.inputs[index]}
              onChange={(value, isFinal) => change(index, value, isFinal)}
            />
          )
        );
      })}
      {config.ui.sendInputOn === "submit" && (
        <button type="button" class="field-button" data-variant="primary" onClick={submit}>
          Send
        </button>
      )}
    </section>
  );
}

/** What the handler gives besides its media. */
export function OutputPanel({ config, fields: { values }, except }: PanelProps): VNode | null {
  const shown = shownOutputs(config).filter((index) => index !== except);
  if (shown.length === 0) return null;
  return (
    <section class="panel panel-outputs" aria-label="Outputs">
      {shown.map((index) => {
        const output = config.additionalOutputs[index];
        return output && <OutputField key={index} descriptor={output.component} value={values.outputs[index]} />;
      })}
    </section>
  );
}
