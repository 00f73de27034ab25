// The app that the Dockerfile of this folder's parent serves, for trying a deployment: a mirror.
// From the environment: TURN_URL, TURN_USERNAME, TURN_CREDENTIAL for browsers that need a relay; CONCURRENCY_LIMIT (peers), TIME_LIMIT (seconds).
import { Stream } from "fastrtc";

const {
  TURN_URL,
  TURN_USERNAME = "",
  TURN_CREDENTIAL = "",
  CONCURRENCY_LIMIT = "10",
  TIME_LIMIT = "600",
} = process.env;

const stream = new Stream({
  handler: (frame) => frame.flip("horizontal").caption("Hello from FastRTC!"),
  modality: "video",
  mode: "send-receive",
  uiArgs: { title: "Mirror" },
  concurrencyLimit: Number(CONCURRENCY_LIMIT),
  timeLimit: Number(TIME_LIMIT),
  ...(TURN_URL && {
    rtcConfiguration: { iceServers: [{ urls: TURN_URL, username: TURN_USERNAME, credential: TURN_CREDENTIAL }] },
    serverRtcConfiguration: { iceServers: [] }, // This side is reached at its public address.
  }),
});

export default stream;
