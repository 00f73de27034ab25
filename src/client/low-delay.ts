/**
 * Asks the browser to show what arrives at once. By default it buffers against jitter and for lip sync, which a live
 * answer to one's own picture cannot afford.
 */
export function receiveWithLeastDelay(receiver: RTCRtpReceiver): void {
  const tuned = receiver as RTCRtpReceiver & { jitterBufferTarget?: number | null; playoutDelayHint?: number | null };
  if ("jitterBufferTarget" in tuned) tuned.jitterBufferTarget = 0;
  if ("playoutDelayHint" in tuned) tuned.playoutDelayHint = 0; // Chromium's older name for it.
}

/** Tells the encoder to keep the frame rate rather than the sharpness when the network is short. */
export function sendWithLeastDelay(track: MediaStreamTrack): void {
  if (track.kind === "video" && "contentHint" in track) track.contentHint = "motion";
}
