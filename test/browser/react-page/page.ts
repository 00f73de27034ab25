// A page of React with nothing of ours but the hooks, without JSX.
import { createElement as h, StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { useDevices, useLevel, useStream } from "../../../src/client/react/index.ts";

/** The stream of the server, as far as the page knows it. */
interface Meter {
  readonly "~types"?: {
    readonly inputs: readonly [number];
    readonly outputs: readonly [number];
    readonly modality: "video";
    readonly modes: { readonly "send-receive"?: "send-receive" };
  };
}

function Stream(): ReturnType<typeof h> {
  const [last, setLast] = useState("");
  const stream = useStream<Meter>("/rtc", {
    showsOutputs: true,
    // Each picture is followed by one that outputs are waiting.
    onMessage: ({ type }) => type !== "fetch_output" && setLast(type),
  });
  const cameras = useDevices("videoinput", stream.input);
  const level = useLevel(stream.input);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream.output ?? null;
  }, [stream.output]);
  const shown = {
    state: stream.state.type,
    outputs: stream.outputs,
    cameras: cameras.length,
    level,
    last,
    hasStats: stream.stats !== undefined,
  };
  return h(
    "div",
    null,
    h("video", { ref: video, autoPlay: true, muted: true }),
    h("button", { onClick: () => stream.start() }, "Start"),
    h("button", { onClick: () => stream.close() }, "Close"),
    h("button", { onClick: () => stream.setInput(7) }, "Seven"),
    h("button", { onClick: () => stream.connection?.send("hello") }, "Send"),
    h("output", null, JSON.stringify(shown)),
  );
}

function App(): ReturnType<typeof h> {
  const [isShown, setShown] = useState(true);
  return h(StrictMode, null, isShown ? h(Stream) : null, h("button", { onClick: () => setShown(false) }, "Leave"));
}

const root = document.querySelector("#root");
if (root) createRoot(root).render(h(App));
