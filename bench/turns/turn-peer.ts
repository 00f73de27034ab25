/** By which rule turns are taken: by this package's defaults, by FastRTC's own blocks here, or by Python's FastRTC itself. */
export type Rule = "fastrtc for TypeScript" | "FastRTC's rule" | "Python FastRTC";

/** A piece of sound or silence, in milliseconds since the connection began. */
export interface HeardStretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A call of the reply function: when, and how much sound it was given. */
export interface ReplyCall {
  readonly atMs: number;
  readonly audioMs: number;
}

/** Somebody's `ReplyOnPause` at the other end of a connection without a network, in simulated time. */
export interface TurnPeer extends AsyncDisposable {
  readonly rule: Rule;
  /** How much sound it has been sent, in milliseconds. */
  readonly nowMs: number;
  readonly calls: readonly ReplyCall[];
  /** What of its replies was heard. */
  readonly sounds: readonly HeardStretch[];
  /** Lets it hear sound of `PEER_RATE`. */
  hear(samples: Int16Array): Promise<void>;
}

/** How long each reply is, in milliseconds, a tone. */
export const REPLY_MS = 4000;
/** Samples per second of what a peer hears, as of a browser's microphone. */
export const PEER_RATE = 48_000;
