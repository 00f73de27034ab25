import type { Modality, Mode } from "./modality.ts";

/** What a stream takes and gives besides its media. */
export interface StreamTypes {
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
  readonly modality: Modality;
  /** The mode, as the name of a field besides "~". */
  readonly modes: { readonly [Name in Mode | "~"]?: Name };
}

/**
 * Whatever knows these types: `typeof stream` of the server's Stream. Import it as a type alone, and nothing of the server
 * comes into the page: `import type { stream } from "./server.ts"`.
 */
export interface TypedStream {
  /** Only the compiler sees it. */
  readonly "~types"?: StreamTypes | undefined;
}

type TypesOf<S extends TypedStream> = NonNullable<S["~types"]>;

/** The additional inputs of a stream: `[number, boolean]`. */
export type StreamInputs<S extends TypedStream> = TypesOf<S>["inputs"];

/** What the page shows of a stream's additional outputs, one value for each. */
export type StreamOutputs<S extends TypedStream> = TypesOf<S>["outputs"];

/** The modality of a stream. */
export type StreamModality<S extends TypedStream> = TypesOf<S>["modality"];

/** The mode of a stream. */
export type StreamMode<S extends TypedStream> = Exclude<keyof TypesOf<S>["modes"], "~">;
