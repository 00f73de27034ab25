/** What the benchmark asks of the generator of WebSocket audio. Each request is answered by one reply, in order. */
export type EchoRequest =
  | { readonly type: "connect"; readonly url: string; readonly streams: number }
  | { readonly type: "count" }
  | { readonly type: "disconnect" };

export type EchoReply =
  | { readonly type: "connected"; readonly failures: readonly string[] }
  | {
      readonly type: "counted";
      /** Since the last count. */
      readonly elapsedMs: number;
      readonly cpuMs: number;
      /** Why streams are no longer open. */
      readonly problems: readonly string[];
      readonly streams: readonly EchoCount[];
    }
  | { readonly type: "disconnected" }
  | { readonly type: "failed"; readonly message: string };

/** What one stream sent and got back since it was last asked. */
export interface EchoCount {
  readonly sent: number;
  readonly returned: number;
  /** How much sound came back, in seconds. */
  readonly returnedSeconds: number;
  /** From sending a packet to its return. */
  readonly lagsMs: readonly number[];
}
