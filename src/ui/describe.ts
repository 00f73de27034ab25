import type { AdditionalInput } from "./additional-input.ts";
import type { AdditionalOutput } from "./additional-output.ts";
import { Component } from "./component.ts";
import type { DeclaredValue } from "./declared-value.ts";
import type { ComponentDescriptor } from "./descriptor.ts";
import { componentForSchema } from "./schema-component.ts";

/** An output on the page. */
export interface OutputDescriptor {
  readonly component: ComponentDescriptor;
  /**
   * The place of the input that is the same component, counted from 0; null when it is none. Such a component stands on
   * the page once: what is shown in it is what comes back as input, as with the conversation of a chat.
   */
  readonly inputIndex: number | null;
}

/** What a page needs to show the inputs, in their order. */
export function describeInputs(inputs: readonly AdditionalInput[]): readonly ComponentDescriptor[] {
  return inputs.map(describeOne);
}

/** What a page needs to show the outputs, in their order, and which of them are inputs as well. */
export function describeOutputs(
  outputs: readonly AdditionalOutput[],
  inputs: readonly AdditionalInput[] = [],
): readonly OutputDescriptor[] {
  return outputs.map((output) => {
    const inputIndex = inputs.indexOf(output);
    return { component: describeOne(output), inputIndex: inputIndex < 0 ? null : inputIndex };
  });
}

function describeOne(declared: DeclaredValue): ComponentDescriptor {
  return (declared instanceof Component ? declared : componentForSchema(declared)).descriptor;
}
