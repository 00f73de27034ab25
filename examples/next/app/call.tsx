// The call, by the hooks of fastrtc/react.
import { useEffect, useRef, useState } from "react";
import { useDevices, useStream } from "fastrtc/react";
import type { stream } from "../stream.ts"; // A type alone: nothing of the server comes into the page.

export default function Call() {
  const [problem, setProblem] = useState("");
  const { state, input, output, stats, connection, start, close } = useStream<typeof stream>("/rtc", {
    onMessage: (message) => {
      if (message.type === "error" || message.type === "warning") setProblem(message.data);
    },
  });
  const cameras = useDevices("videoinput", input);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = output ?? null;
  }, [output]);
  const isRunning = state.type === "connecting" || state.type === "connected";
  const failure = state.type === "closed" && state.reason.type === "failed" ? state.reason.error.message : problem;

  return (
    <main>
      <video ref={video} autoPlay playsInline muted />
      <p>
        <button onClick={() => (isRunning ? close() : start())}>{isRunning ? "Stop" : "Start"}</button>{" "}
        <select disabled={!isRunning} onChange={(event) => void connection?.switchDevice("video", event.target.value)}>
          {cameras.map(({ deviceId, label }) => (
            <option key={deviceId} value={deviceId}>
              {label}
            </option>
          ))}
        </select>
      </p>
      <p>
        {state.type}
        {stats?.framesPerSecond !== undefined && `, ${Math.round(stats.framesPerSecond)} pictures a second`}
      </p>
      {failure && <p role="alert">{failure}</p>}
    </main>
  );
}
