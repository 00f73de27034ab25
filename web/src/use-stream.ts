import { useCallback, useEffect, useReducer, useRef, useState } from "preact/hooks";
import {
  type CaptureConstraints,
  ClientError,
  type Connection,
  type ConnectionState,
  connect,
  onDevicesChange,
} from "../../src/client/index.ts";
import type { ChosenDevices } from "./chosen-devices.ts";
import { deviceConstraints, type PageConfig } from "./page-config.ts";
import { onPermissionGiven } from "./permissions.ts";
import { deviceProblem, insecureProblem, type Problem } from "./problem.ts";
import { relaxConstraints } from "./relax-constraints.ts";
import { initialState, reduce, type StreamState } from "./stream-state.ts";

/** After how long the page says that connecting takes a while, in milliseconds. */
const SLOW_AFTER_MS = 10_000;

/** The page's one stream and what can be done with it. */
export interface UsedStream {
  readonly state: StreamState;
  /** Connects. With `relaxed` nothing is demanded of the camera or microphone. */
  readonly start: (options: StartOptions) => void;
  readonly stop: () => void;
  /** Switches the device of the running connection; one that is not running gets its devices from `start`. */
  readonly switchDevice: (kind: "video" | "audio", deviceId: string) => void;
  /** Whether one's own voice is withheld, in this connection and in the next. */
  readonly isMuted: boolean;
  readonly setMuted: (isMuted: boolean) => void;
  /** Whether a screen is sent in place of the camera. */
  readonly isShared: boolean;
  readonly share: (isShared: boolean) => void;
  /** Sends something to the handler. */
  readonly send: (message: object) => void;
  readonly reportFirstPicture: () => void;
  readonly dismiss: (toastId: number) => void;
}

export interface StartOptions {
  readonly devices: ChosenDevices;
  readonly relaxed: boolean;
}

/** @param attach is given each new connection, for the page's inputs and outputs. */
export function useStream(config: PageConfig, attach: (connection: Connection) => void): UsedStream {
  const [state, dispatch] = useReducer(reduce, undefined, () => initialState(problemAtStart(config)));
  const running = useRef<Connection>(null);
  const [isMuted, setMutedState] = useState(false);
  // Beside the state: the next connection has to follow what was said last, not what was drawn last.
  const muted = useRef(false);
  const setMuted = useCallback((next: boolean) => {
    muted.current = next;
    setMutedState(next);
    running.current?.setMuted("audio", next);
  }, []);
  const [isShared, setShared] = useState(false);

  const start = useCallback(
    function begin(options: StartOptions): void {
      performance.clearMarks("fastrtc:click");
      performance.mark("fastrtc:click");
      running.current?.close();
      const connection = connect("./", {
        modality: config.modality,
        mode: config.mode,
        media: captureConstraints(config, options),
        showsOutputs: config.additionalOutputs.length > 0,
        readsServerStats: true,
        ...(config.rtcConfiguration && { rtcConfiguration: config.rtcConfiguration }),
        ...(config.rtpParams && { rtpParams: config.rtpParams }),
      });
      running.current = connection;
      connection.setMuted("audio", muted.current);
      setShared(false);
      attach(connection);
      dispatch({ type: "start" });
      const slow = setTimeout(() => dispatch({ type: "slow" }), SLOW_AFTER_MS);
      connection.on("state", (reached) => {
        if (reached.type !== "connecting") clearTimeout(slow);
        if (isChosenDeviceGone(reached, options)) {
          begin({ ...options, devices: {} }); // Chosen on an earlier visit: no reason to have none.
          return;
        }
        const problemOf = (error: ClientError): Problem | undefined => problemFor(config, error);
        dispatch({ type: "state", state: reached, atMs: performance.now(), problemOf });
      });
      connection.on("input", (stream) => {
        setShared(connection.sharesScreen);
        dispatch({ type: "input", stream });
      });
      connection.on("output", (stream) => dispatch({ type: "output", stream }));
      connection.on("stats", (stats) => dispatch({ type: "stats", stats }));
      connection.on("message", (message) => dispatch({ type: "message", message, atMs: performance.now() }));
      connection.on("error", (error) => dispatch({ type: "error", error }));
    },
    [config, attach],
  );

  const stop = useCallback(() => running.current?.close(), []);
  const attempt = useCallback((work: Promise<void> | undefined) => {
    work?.catch((error: unknown) => {
      if (error instanceof ClientError) dispatch({ type: "error", error });
      else reportError(error);
    });
  }, []);
  const switchDevice = useCallback(
    (kind: "video" | "audio", deviceId: string) => attempt(running.current?.switchDevice(kind, deviceId)),
    [attempt],
  );
  const share = useCallback(
    (next: boolean) => attempt(next ? running.current?.shareScreen() : running.current?.stopScreen()),
    [attempt],
  );
  const send = useCallback((message: object) => running.current?.send(message), []);
  const reportFirstPicture = useCallback(() => {
    performance.clearMarks("fastrtc:first-frame");
    performance.mark("fastrtc:first-frame");
    dispatch({ type: "first-picture" });
  }, []);
  const dismiss = useCallback((id: number) => dispatch({ type: "dismiss", id }), []);

  useEffect(() => onDevicesChange(() => dispatch({ type: "devices-changed" })), []);
  useEffect(() => onPermissionGiven(() => dispatch({ type: "devices-changed" })), []);
  useEffect(() => {
    addEventListener("pagehide", stop); // So that the server hears of it now and not by a timeout.
    return () => removeEventListener("pagehide", stop);
  }, [stop]);

  return { state, start, stop, switchDevice, isMuted, setMuted, isShared, share, send, reportFirstPicture, dismiss };
}

function captureConstraints(config: PageConfig, { devices, relaxed }: StartOptions): CaptureConstraints {
  const wishes = (kind: "video" | "audio", deviceId: string | undefined): MediaTrackConstraints => {
    const asked = deviceConstraints(config, kind);
    const { facingMode, ...rest } = relaxed ? relaxConstraints(asked) : asked;
    // A wish alone would be passed over: Chromium takes the default microphone all the same.
    if (deviceId) return { ...rest, deviceId: relaxed ? { ideal: deviceId } : { exact: deviceId } };
    return facingMode === undefined ? rest : { ...rest, facingMode };
  };
  return {
    video: config.modality === "audio" ? false : wishes("video", devices.camera),
    audio: config.modality === "video" ? false : wishes("audio", devices.microphone),
  };
}

/** Whether the connection failed, perhaps, because a device that was chosen is not there any more. */
function isChosenDeviceGone(state: ConnectionState, { devices, relaxed }: StartOptions): boolean {
  if (state.type !== "closed" || state.reason.type !== "failed" || relaxed) return false;
  return state.reason.error.code === "overconstrained" && (devices.camera ?? devices.microphone) !== undefined;
}

function problemFor(config: PageConfig, error: ClientError): Problem | undefined {
  const kind = config.modality === "audio" ? "audio" : "video";
  return deviceProblem(error, deviceOf(config), deviceConstraints(config, kind));
}

/** What is known before anything was tried: outside https and localhost there is no camera. */
function problemAtStart(config: PageConfig): Problem | undefined {
  return config.mode === "receive" || isSecureContext ? undefined : insecureProblem(deviceOf(config));
}

function deviceOf({ modality }: PageConfig): "camera" | "microphone" {
  return modality === "audio" ? "microphone" : "camera";
}
