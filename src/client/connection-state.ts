import type { ClientError } from "./client-error.ts";

/** Where a connection stands. It goes forward only, and `closed` is the end. */
export type ConnectionState =
  | {
      readonly type: "connecting";
      /**
       * What is waited for: camera and microphone (perhaps the user's permission), the server's answer,
       * or a way through the network.
       */
      readonly phase: "media" | "signalling" | "transport";
    }
  | {
      readonly type: "connected";
      /** The network has gone quiet; it may come back by itself, or the connection ends as lost. */
      readonly interrupted: boolean;
    }
  | { readonly type: "closed"; readonly reason: CloseReason };

/** Why a connection is over. */
export type CloseReason =
  /** `close()` was called or the signal aborted. */
  | { readonly type: "closed-here" }
  /** The server ended it, with its words where it gave some. */
  | { readonly type: "ended-by-server"; readonly message: string | undefined }
  /** It never came about, or it broke. */
  | { readonly type: "failed"; readonly error: ClientError };
