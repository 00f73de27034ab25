import type { Modality, Mode } from "./modality.ts";

/** What a stream takes and gives besides its media. */
export interface StreamTypes {
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
  readonly modality: Modality;
  /** The mode, as the name of a field besides "~". */
  readonly modes: { readonly [Name in Mode | "~"]?: Name };
  /** What its handler sends with `sendMessage`, where the page says so by `WithMessages`. */
  readonly messages?: unknown;
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

/** What a stream's handler sends with `sendMessage`: unknown, unless `WithMessages` says. */
export type StreamMessages<S extends TypedStream> =
  TypesOf<S> extends { readonly messages: infer Message } ? Message : unknown;

/**
 * A stream whose handler sends such messages: `connect<WithMessages<typeof stream, Move>>("/rtc")`. Nothing checks that they are what was
 * said: parse them where the server is not your own.
 */
export interface WithMessages<S extends TypedStream, Message> {
  /** Only the compiler sees it. */
  readonly "~types"?: TypesOf<S> & { readonly messages: Message };
}

/** The modality of a stream. */
export type StreamModality<S extends TypedStream> = TypesOf<S>["modality"];

/** The mode of a stream. */
export type StreamMode<S extends TypedStream> = Exclude<keyof TypesOf<S>["modes"], "~">;
