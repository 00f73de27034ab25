import type { ServerMessage } from "../../protocol/server-message.ts";
import type { Identity } from "../../session/identity.ts";
import type { Mode } from "../../session/modality.ts";
import type { Transport } from "../../session/transport.ts";
import type { SharedPicture } from "./shared-picture.ts";

/** What a handler's worker begins with. */
export interface WorkerStart {
  /** The handler's module, as a URL. */
  readonly module: string;
  readonly mode: Mode;
  readonly webrtcId: string;
  readonly transport: Transport["kind"];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly identity: Identity | undefined;
  readonly inputs: readonly unknown[] | undefined;
}

/** What a handler's worker is told. */
export type ToWorker =
  /** The answer to `pull`; null when there will be no more. */
  | { readonly type: "picture"; readonly picture: SharedPicture | null }
  /** The answer to a picture, values or the end of the stream: it has been sent. */
  | { readonly type: "taken" }
  | { readonly type: "inputs"; readonly values: readonly unknown[] }
  /** The session has ended. */
  | { readonly type: "abort"; readonly reason: string };

/** What a handler's worker says. */
export type FromWorker =
  /** The module is loaded: so many pictures may wait. */
  | { readonly type: "loaded"; readonly capacity: number }
  /** It wants the next picture. */
  | { readonly type: "pull" }
  | { readonly type: "picture"; readonly picture: SharedPicture }
  | { readonly type: "outputs"; readonly values: readonly unknown[] }
  | { readonly type: "close-stream"; readonly message: string }
  | { readonly type: "message"; readonly message: ServerMessage }
  | { readonly type: "error"; readonly error: SharedError }
  /** The module could not be loaded or holds no handler; the worker ends. */
  | { readonly type: "unusable"; readonly error: SharedError }
  /** The handler has nothing more to give. */
  | { readonly type: "ended" };

/** An error without what cannot go to another thread. */
export interface SharedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function shareError({ name, message, stack }: Error): SharedError {
  return { name, message, stack };
}

/** The error as it was thrown over there, its stack included. */
export function unshareError({ name, message, stack }: SharedError): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
