/** The name of a member that no object has, and that a class declares. */
export declare const taken: unique symbol;

/**
 * Something that is given additional inputs of these types, or only the first of them. Nothing of it exists when it runs: by it TypeScript knows
 * whether a handler fits the `additionalInputs` of its stream.
 */
export interface TakesInputs<Inputs extends readonly unknown[]> {
  readonly [taken]?: (...inputs: Inputs) => void;
}
