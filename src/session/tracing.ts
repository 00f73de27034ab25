import { createRequire } from "node:module";

/** What of OpenTelemetry's API is used here; its package is an optional peer, and its types are no part of ours. */
export interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string, options: { readonly attributes: TraceAttributes }, context: unknown): ApiSpan;
    };
    setSpan(context: unknown, span: ApiSpan): unknown;
  };
  readonly context: {
    active(): unknown;
    with<Result>(context: unknown, callback: () => Result): Result;
  };
  readonly SpanStatusCode: { readonly ERROR: number };
}

interface ApiSpan {
  spanContext(): { readonly traceId: string };
  setAttributes(attributes: TraceAttributes): unknown;
  setStatus(status: { readonly code: number; readonly message: string }): unknown;
  recordException(error: Error): void;
  end(): void;
}

export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

/** A stretch of time in a trace. Ending it twice is harmless. */
export class Span {
  readonly #api: OpenTelemetryApi;
  readonly #span: ApiSpan;
  readonly #context: unknown;
  #hasEnded = false;

  constructor(api: OpenTelemetryApi, name: string, attributes: TraceAttributes, parent = api.context.active()) {
    this.#api = api;
    this.#span = api.trace.getTracer("fastrtc").startSpan(name, { attributes }, parent);
    this.#context = api.trace.setSpan(parent, this.#span);
  }

  /** Whether anybody keeps it: without an SDK spans are blanks. */
  get isKept(): boolean {
    return !/^0*$/.test(this.#span.spanContext().traceId);
  }

  /** Begins one within this one. */
  child(name: string, attributes: TraceAttributes = {}): Span {
    return new Span(this.#api, name, attributes, this.#context);
  }

  /** Runs `callback` so that what it begins lies within this one, the application's own spans included. */
  run<Result>(callback: () => Result): Result {
    return this.#api.context.with(this.#context, callback);
  }

  /** Something failed meanwhile. */
  failed(error: Error): void {
    this.#span.recordException(error);
    this.#span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: error.message });
  }

  end(attributes: TraceAttributes = {}): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#span.setAttributes(attributes);
    this.#span.end();
  }
}

let loaded: { readonly api: OpenTelemetryApi | undefined } | undefined;

/** OpenTelemetry's API where it is installed, looked for once; without it nothing is traced, and nothing costs anything. */
export function openTelemetry(): OpenTelemetryApi | undefined {
  loaded ??= { api: load() };
  return loaded.api;
}

function load(): OpenTelemetryApi | undefined {
  try {
    return createRequire(import.meta.url)("@opentelemetry/api") as OpenTelemetryApi;
  } catch (thrown) {
    // Not installed, as with most.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "MODULE_NOT_FOUND") return undefined;
    throw thrown;
  }
}
