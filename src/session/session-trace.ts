import type { CloseReason } from "./close-reason.ts";
import { idForLogs } from "./signed-ids.ts";
import { openTelemetry, Span } from "./tracing.ts";
import type { Transport } from "./transport.ts";

/** The spans of one session: the whole of it, how it came to be connected, and the handler's work. */
export class SessionTrace {
  readonly #session: Span;
  readonly #connect: Span;
  #handler: Span | undefined;

  private constructor(session: Span) {
    this.#session = session;
    this.#connect = this.#session.child("fastrtc.connect");
  }

  /** Undefined where OpenTelemetry is not installed, or nobody has registered an SDK. */
  static begin(id: string, transport: Transport["kind"]): SessionTrace | undefined {
    const api = openTelemetry();
    if (!api) return undefined;
    const attributes = { "fastrtc.session.id": idForLogs(id), "fastrtc.transport": transport };
    const session = new Span(api, "fastrtc.session", attributes);
    return session.isKept ? new SessionTrace(session) : undefined;
  }

  /** The connection stands, and the handler begins. */
  connected(): void {
    this.#connect.end();
    this.#handler ??= this.#session.child("fastrtc.handler");
  }

  /** Runs code of the handler: its own spans lie within the handler's. */
  run<Result>(callback: () => Result): Result {
    return (this.#handler ?? this.#session).run(callback);
  }

  /** Begins a span within the handler's. */
  span(name: string): Span {
    return (this.#handler ?? this.#session).child(name);
  }

  failed(error: Error): void {
    (this.#handler ?? this.#session).failed(error);
  }

  ended(reason: CloseReason): void {
    if (!this.#handler) this.#connect.failed(new Error(reason));
    this.#connect.end();
    this.#handler?.end();
    this.#session.end({ "fastrtc.end_reason": reason });
  }
}
