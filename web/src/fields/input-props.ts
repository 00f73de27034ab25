import type { ComponentDescriptor } from "../../../src/client/index.ts";

/** What an input is given. */
export interface InputProps<Descriptor = ComponentDescriptor> {
  descriptor: Descriptor;
  value: unknown;
  /** `isFinal` for what is sent in any case. */
  onChange: (value: unknown, isFinal: boolean) => void;
}
