import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import {
  type AdditionalInput,
  type InputArguments,
  type InputValues,
  defaultInputs,
  parseInputs,
} from "../../src/ui/additional-input.ts";
import type { AdditionalOutput, OutputArguments, OutputValues } from "../../src/ui/additional-output.ts";
import { button } from "../../src/ui/button.ts";
import { chatbot } from "../../src/ui/chatbot.ts";
import { checkbox } from "../../src/ui/checkbox.ts";
import type { Component } from "../../src/ui/component.ts";
import type { ChatMessage, LabelValue } from "../../src/ui/descriptor.ts";
import { dropdown } from "../../src/ui/dropdown.ts";
import type { FileData } from "../../src/ui/file-data.ts";
import { file } from "../../src/ui/file.ts";
import { image } from "../../src/ui/image.ts";
import { label } from "../../src/ui/label.ts";
import { number } from "../../src/ui/number.ts";
import { radio } from "../../src/ui/radio.ts";
import { slider } from "../../src/ui/slider.ts";
import { state } from "../../src/ui/state.ts";
import { textbox } from "../../src/ui/textbox.ts";

/** The shape that a Stream has: its inputs type the handler and `setInput`, its outputs their handler. */
function declare<
  const Inputs extends readonly AdditionalInput[] = [],
  const Outputs extends readonly AdditionalOutput[] = [],
>(_options: {
  additionalInputs?: Inputs;
  additionalOutputs?: Outputs;
  handler: (frame: "frame", ...inputs: InputValues<Inputs>) => unknown;
  additionalOutputsHandler?: (...shown: OutputValues<Outputs>) => OutputArguments<Outputs>[0];
}): { setInput: (id: string, ...values: InputArguments<Inputs>) => void } {
  return { setInput: () => undefined };
}

describe("the types of additional inputs and outputs", () => {
  it("are inferred into the handler and setInput, without as const", () => {
    const stream = declare({
      additionalInputs: [slider({ label: "Threshold" }), z.boolean(), radio({ choices: ["a", ["Bee", "b"]] })],
      handler: (frame, ...inputs) => {
        expectTypeOf(inputs).toEqualTypeOf<[number, boolean, "a" | "b" | null]>();
        return frame;
      },
    });
    expectTypeOf(stream.setInput).parameters.toEqualTypeOf<[string, number, boolean, "a" | "b" | null]>();
    stream.setInput("id", 0.5, true, "b");
    // @ts-expect-error A threshold is a number.
    stream.setInput("id", "0.5", true, "b");
    // @ts-expect-error One value is missing.
    stream.setInput("id", 0.5, true);
    // @ts-expect-error "c" is no choice.
    stream.setInput("id", 0.5, true, "c");
  });

  it("name each argument of a handler", () => {
    declare({
      additionalInputs: [slider(), textbox()],
      handler: (_frame, threshold, prompt) => {
        expectTypeOf(threshold).toEqualTypeOf<number>();
        expectTypeOf(prompt).toEqualTypeOf<string>();
      },
    });
    declare({
      additionalInputs: [slider()],
      // @ts-expect-error A slider gives a number.
      handler: (_frame, threshold: string) => threshold,
    });
    declare({
      // @ts-expect-error A number alone declares nothing.
      additionalInputs: [7],
      handler: (frame) => frame,
    });
  });

  it("are none where none are declared", () => {
    const stream = declare({ handler: (_frame, ...inputs) => expectTypeOf(inputs).toEqualTypeOf<[]>() });
    stream.setInput("id");
    // @ts-expect-error There is nothing to set.
    stream.setInput("id", 1);
  });

  it("tell what is set from what comes of it", () => {
    const inputs = [z.string().transform(Number), z.number().default(3), image(), label()] as const;
    expectTypeOf<InputValues<typeof inputs>>().toEqualTypeOf<[number, number, FileData | null, LabelValue | null]>();
    type Arguments = InputArguments<typeof inputs>;
    expectTypeOf<Arguments[0]>().toEqualTypeOf<string>();
    expectTypeOf<Arguments[1]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<string>().toExtend<Arguments[2]>();
    expectTypeOf<{ cat: number }>().toExtend<Arguments[3]>();
  });

  it("are inferred into additionalOutputsHandler", () => {
    declare({
      additionalOutputs: [number({ label: "Objects" })],
      handler: (frame) => frame,
      additionalOutputsHandler: (shown) => {
        expectTypeOf(shown).toEqualTypeOf<number | null>();
        return 3;
      },
    });
    declare({
      additionalOutputs: [number({ label: "Objects" })],
      handler: (frame) => frame,
      // @ts-expect-error Objects are counted in numbers.
      additionalOutputsHandler: () => "three",
    });
  });

  it("of parsing follow the declaration", () => {
    const parsed = parseInputs([slider(), z.boolean()], [1, true]);
    expectTypeOf(parsed).toEqualTypeOf<[number, boolean] | Promise<[number, boolean]>>();
    const defaults = defaultInputs([slider()]);
    expectTypeOf(defaults).toEqualTypeOf<[number] | undefined | Promise<[number] | undefined>>();
  });

  it("of a component say whether it can be empty", () => {
    expectTypeOf(number()).toEqualTypeOf<Component<number | null>>();
    expectTypeOf(number({ value: 1 })).toEqualTypeOf<Component<number>>();
    expectTypeOf(radio({ choices: ["a", "b"], value: "a" })).toEqualTypeOf<Component<"a" | "b">>();
    expectTypeOf(dropdown({ choices: [1, 2] })).toEqualTypeOf<Component<1 | 2 | null>>();
    expectTypeOf(dropdown({ choices: [1, 2], value: 2 })).toEqualTypeOf<Component<1 | 2>>();
    expectTypeOf(dropdown({ choices: ["a", "b"], multiselect: true })).toEqualTypeOf<
      Component<readonly ("a" | "b")[]>
    >();
    expectTypeOf(checkbox()).toEqualTypeOf<Component<boolean>>();
    expectTypeOf(button({ label: "Go" })).toEqualTypeOf<Component<number>>();
    expectTypeOf(state({ value: new Map<string, number>() })).toEqualTypeOf<Component<Map<string, number>>>();
    expectTypeOf(chatbot().initialValue).toEqualTypeOf<readonly ChatMessage[]>();
    expectTypeOf(file().initialValue).toEqualTypeOf<FileData | null>();
    expectTypeOf(file({ fileCount: "multiple" }).initialValue).toEqualTypeOf<readonly FileData[]>();
  });

  it("of choices come from an array that is made elsewhere, too", () => {
    const voices: readonly ("ada" | "bob")[] = ["ada", "bob"];
    expectTypeOf(dropdown({ choices: voices }).initialValue).toEqualTypeOf<"ada" | "bob" | null>();
    const names: string[] = ["ada"];
    expectTypeOf(radio({ choices: names }).initialValue).toEqualTypeOf<string | null>();
  });
});
