import { useCallback, useEffect, useRef, useState } from "react";
import type { ClientError } from "../client-error.ts";
import { connect } from "../connect.ts";
import type { ConnectOptions } from "../connect-options.ts";
import type { Connection } from "../connection.ts";
import type { ConnectionEvents } from "../connection-events.ts";
import type { ConnectionState } from "../connection-state.ts";
import type { LiveStats } from "../live-stats.ts";
import type { StreamInputs, StreamOutputs, TypedStream } from "../stream-types.ts";

/** What a component may show of its stream. */
export interface StreamView<S extends TypedStream = TypedStream> {
  /** `idle` before the first `start`. */
  readonly state: ConnectionState | { readonly type: "idle" };
  /** What is sent: for a muted `<video>`, by its `srcObject`. */
  readonly input: MediaStream | undefined;
  /** What comes back. Told by a new object when its tracks were replaced. */
  readonly output: MediaStream | undefined;
  /** What is to be shown of the additional outputs; with the option `showsOutputs`. */
  readonly outputs: StreamOutputs<S> | undefined;
  readonly stats: LiveStats | undefined;
  /** The last trouble that did not end the stream; what did is in the `closed` state. */
  readonly error: ClientError | undefined;
}

/** A component's stream and what can be done with it. The functions stay the same from one rendering to the next. */
export interface UsedStream<S extends TypedStream = TypedStream> extends StreamView<S> {
  /** The connection itself, for all else: devices, mute, screens, `send`. Undefined before the first `start`. */
  readonly connection: Connection<S> | undefined;
  /** Connects, with these options before those of `useStream`. One that runs is closed first. */
  readonly start: (options?: Partial<ConnectOptions<S>>) => void;
  readonly close: () => void;
  /** Sets the additional inputs, now and for streams that are started later. */
  readonly setInput: (...inputs: StreamInputs<S>) => void;
}

/** The options of `useStream`. */
export type UseStreamOptions<S extends TypedStream = TypedStream> = ConnectOptions<S> & {
  /** Called with each message of the server. */
  readonly onMessage?: (message: ConnectionEvents<S>["message"]) => void;
};

const IDLE: StreamView = {
  state: { type: "idle" },
  input: undefined,
  output: undefined,
  outputs: undefined,
  stats: undefined,
  error: undefined,
};

/**
 * One stream for a component: call `start` in answer to a click. It is closed when the component goes. The options of the latest
 * rendering count.
 */
export function useStream<S extends TypedStream = TypedStream>(
  url: string | URL,
  ...[options]: object extends ConnectOptions<S> ? [options?: UseStreamOptions<S>] : [options: UseStreamOptions<S>]
): UsedStream<S> {
  const [view, setView] = useState<StreamView>(IDLE);
  const [connection, setConnection] = useState<Connection>();
  const running = useRef<Connection>(undefined);
  const inputs = useRef<readonly unknown[]>(undefined);
  const latest = useRef({ url, options: options });
  useEffect(() => {
    latest.current = { url, options: options };
  });

  const start = useCallback((more: Partial<ConnectOptions> = {}) => {
    running.current?.close();
    const { url: address, options: given } = latest.current;
    const set = inputs.current && { inputs: inputs.current };
    const next = connectUntyped(address, { ...given, ...set, ...more });
    running.current = next;
    setConnection(next);
    const show = (change: Partial<StreamView>): void => {
      if (running.current === next) setView((before) => ({ ...before, ...change }));
    };
    setView({ ...IDLE, state: next.state });
    next.on("state", (state) => show(state.type === "closed" ? { ...CLOSED, state } : { state }));
    next.on("input", (input) => show({ input }));
    // A new object, so that effects which attach it to an element run anew.
    next.on("output", (output) => show({ output: new MediaStream(output) }));
    next.on("outputs", (outputs) => show({ outputs }));
    next.on("stats", (stats) => show({ stats }));
    next.on("error", (error) => show({ error }));
    next.on("message", (message) => latest.current.options?.onMessage?.(message as ConnectionEvents<S>["message"]));
  }, []);
  const close = useCallback(() => running.current?.close(), []);
  const setInput = useCallback((...values: readonly unknown[]) => {
    inputs.current = values;
    running.current?.setInput(...values);
  }, []);
  useEffect(
    () => () => {
      running.current?.close();
      running.current = undefined;
    },
    [],
  );
  return { ...view, connection, start, close, setInput } as unknown as UsedStream<S>;
}

/** Within, one stream is like the other. */
const connectUntyped = connect as (url: string | URL, options: object) => Connection;

/** What is over with the connection. The outputs stay to be read. */
const CLOSED = { input: undefined, output: undefined, stats: undefined } satisfies Partial<StreamView>;
