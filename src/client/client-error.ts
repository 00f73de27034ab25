import { toError } from "../errors.ts";

/** What went wrong in the browser or between it and the server, as a word a program can compare. */
export type ClientErrorCode =
  /** The page is neither on https nor on localhost, so the browser hides camera and microphone. */
  | "insecure_context"
  | "permission_denied"
  | "no_device"
  /** Another application holds the camera or microphone. */
  | "device_busy"
  /** No device can do what the constraints ask for; see `constraint`. */
  | "overconstrained"
  /** The browser has no WebRTC, or something in it failed that is not listed here. */
  | "browser_failed"
  /** The server refused; see `refusal`. */
  | "refused"
  /** The server could not be reached, or what it answered makes no sense. */
  | "server_unreachable"
  /** Offer and answer went well, but no way through the network was found or it broke. */
  | "connection_lost";

export interface ClientErrorDetails extends ErrorOptions {
  /** With `overconstrained`: the constraint that cannot be met, where the browser names it. */
  constraint?: string | undefined;
  /** With `refused`: what the server said. */
  refusal?: ServerRefusal | undefined;
}

/** A refusal as the server sent it. */
export interface ServerRefusal {
  /** `concurrency_limit_reached` and its like; any string, for servers newer than this client. */
  readonly code: string;
  /** With `concurrency_limit_reached`: how many peers may be connected at once. */
  readonly limit: number | undefined;
  /** One sentence for people, in the server's words. */
  readonly message: string | undefined;
}

/** Why a connection could not be made, broke, or did less than was asked. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** What went wrong, for programs. */
  readonly code: ClientErrorCode;
  /** With `overconstrained`: the constraint that cannot be met, where the browser names it. */
  readonly constraint: string | undefined;
  /** With `refused`: what the server said. */
  readonly refusal: ServerRefusal | undefined;

  constructor(code: ClientErrorCode, message: string, { constraint, refusal, ...options }: ClientErrorDetails = {}) {
    super(message, options);
    this.code = code;
    this.constraint = constraint;
    this.refusal = refusal;
  }
}

/** What was thrown while connecting, as a ClientError: the browser's own errors have no code. */
export function toClientError(thrown: unknown): ClientError {
  if (thrown instanceof ClientError) return thrown;
  const message = `The browser could not connect: ${toError(thrown).message}`;
  return new ClientError("browser_failed", message, { cause: thrown });
}
