/** A parser, or a state machine that reads what a stranger sends, as the fuzzer calls it. */
export interface FuzzTarget {
  readonly name: string;
  /** Good inputs. */
  readonly corpus: readonly Uint8Array[];
  /** Pieces that mean something to it. */
  readonly tokens?: readonly Uint8Array[];
  /** How many inputs it gets for one that a quick parser gets: less for what costs more. @default 1 */
  readonly share?: number;
  /** The codes of the FastRtcErrors that it may throw. @default none */
  readonly refusals?: readonly string[];
  /** Makes what reads the inputs; state that it keeps lives as long as the run. */
  open(): FuzzReader;
}

/** Reads one input; the bytes are its own only until it returns. Says whether it made sense of them. */
export type FuzzReader = (bytes: Uint8Array) => boolean;
