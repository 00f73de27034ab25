// A webcam flipped on the server and sent back with a caption.
// From the environment: PORT, HOST, CONCURRENCY_LIMIT (peers), TIME_LIMIT (seconds).
import { FastRtcError, Stream, type VideoFrame } from "fastrtc";

const MINUTES = 60;

function flipVertically(frame: VideoFrame): VideoFrame {
  return frame.flip("vertical").caption("Hello from FastRTC!", { corner: "bottom-right", color: "#7fee64" });
}

const stream = new Stream({
  handler: flipVertically,
  modality: "video",
  mode: "send-receive",
  uiArgs: { title: "Click 'Record' to flip your webcam" },
  rtcConfiguration: { iceServers: [{ url: "stun:stun.l.google.com:19302" }] },
  trackConstraints: {
    width: { exact: 640 },
    height: { exact: 480 },
    frameRate: { min: 30 },
    facingMode: { ideal: "user" },
  },
  concurrencyLimit: Number(process.env["CONCURRENCY_LIMIT"] ?? 10),
  timeLimit: Number(process.env["TIME_LIMIT"] ?? 10 * MINUTES),
});

try {
  await stream.ui.launch({ port: Number(process.env["PORT"] ?? 7860), host: process.env["HOST"] ?? "127.0.0.1" });
} catch (error) {
  if (!(error instanceof FastRtcError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
