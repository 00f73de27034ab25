import type { ComponentDescriptor, OutputDescriptor } from "../../../src/client/index.ts";

/** The values of all inputs and outputs on the page. */
export interface FieldValues {
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
}

/** What the page knows of its fields. */
export interface Fields {
  readonly additionalInputs: readonly ComponentDescriptor[];
  readonly additionalOutputs: readonly OutputDescriptor[];
}

const EDITABLE = new Set<ComponentDescriptor["type"]>([
  "slider",
  "number",
  "textbox",
  "checkbox",
  "radio",
  "dropdown",
  "image",
  "audio",
  "file",
  "json",
  "code",
  "button",
  "element",
]);

/** Whether the visitor can change a component that is an input. */
function isEditable({ type, interactive }: ComponentDescriptor): boolean {
  return EDITABLE.has(type) && interactive !== false;
}

/** What everything shows before anything happened. */
export function firstValues({ additionalInputs, additionalOutputs }: Fields): FieldValues {
  return {
    inputs: additionalInputs.map(({ value }) => value),
    outputs: additionalOutputs.map(({ component }) => component.value),
  };
}

/** Another value of one input. */
export function withInput({ inputs, outputs }: FieldValues, index: number, value: unknown): FieldValues {
  return { inputs: inputs.with(index, value), outputs };
}

/** What the server says that the outputs show; what is an input as well has the value there, too. */
export function withOutputs(
  { additionalOutputs }: Fields,
  before: FieldValues,
  outputs: readonly unknown[],
): FieldValues {
  const inputs = [...before.inputs];
  for (const [index, { inputIndex }] of additionalOutputs.entries()) {
    if (inputIndex !== null && index < outputs.length) inputs[inputIndex] = outputs[index];
  }
  return { inputs, outputs };
}

/** A new session: its outputs begin anew, the visitor's inputs stay. */
export function begunAnew(fields: Fields, before: FieldValues): FieldValues {
  return withOutputs(fields, before, firstValues(fields).outputs);
}

/** The places of the inputs that stand among the inputs: a component stands on the page once, and there if it can be edited. */
export function shownInputs({ additionalInputs, additionalOutputs }: Fields): readonly number[] {
  const isOutput = new Set(additionalOutputs.map(({ inputIndex }) => inputIndex));
  return [...additionalInputs.entries()]
    .filter(([index, input]) => isShown(input) && (isEditable(input) || !isOutput.has(index)))
    .map(([index]) => index);
}

/** The places of the outputs that stand among the outputs. */
export function shownOutputs({ additionalOutputs }: Fields): readonly number[] {
  return [...additionalOutputs.entries()]
    .filter(([, { component, inputIndex }]) => isShown(component) && (inputIndex === null || !isEditable(component)))
    .map(([index]) => index);
}

function isShown({ type, visible }: ComponentDescriptor): boolean {
  return visible && type !== "state";
}

/** What of the inputs and outputs a page with a line to type into shows in its conversation. */
export interface TalkPlaces {
  /** The text box that what is typed belongs to. */
  readonly input: number | undefined;
  /** The conversation. */
  readonly output: number | undefined;
}

/** The first text box that the visitor may fill, and the first conversation. */
export function talkPlaces(fields: Fields): TalkPlaces {
  return {
    input: shownInputs(fields).find((index) => fields.additionalInputs[index]?.type === "textbox"),
    output: shownOutputs(fields).find((index) => fields.additionalOutputs[index]?.component.type === "chatbot"),
  };
}
