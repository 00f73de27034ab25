export interface LoopbackPageOptions {
  /** Codecs that the page offers for video, by MIME type; the browser's own list when absent. */
  videoCodecs?: readonly string[] | undefined;
  audio?: boolean;
  /** Whether the page tells the server its candidates; a browser that hides them behind mDNS names as good as does not. @default true */
  trickle?: boolean;
  /** After this long with a picture the page posts its statistics to `/done`, in milliseconds. @default 1500 */
  watchMs?: number;
}

/**
 * A page that connects by itself: camera out, camera back in, a data channel beside it. Once pictures have come back for a while it
 * posts `{frames, width, height, codec, connectMs, firstFrameMs, echoes}` to `/done`, or `{error}`.
 */
export function loopbackPage({
  videoCodecs,
  audio = false,
  trickle = true,
  watchMs = 1500,
}: LoopbackPageOptions = {}): string {
  return `<!doctype html><title>Loopback</title><video autoplay muted playsinline></video><script type="module">
const post = (path, body) => fetch(path, { method: "POST", body });
const started = performance.now();
const report = { echoes: [] };
try {
  const pc = new RTCPeerConnection();
  window.pc = pc;
  const channel = pc.createDataChannel("text");
  channel.onopen = () => channel.send("handshake");
  channel.onmessage = ({ data }) => report.echoes.push(data);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, frameRate: 30 }, audio: ${audio} });
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
  const wanted = ${JSON.stringify(videoCodecs ?? null)};
  if (wanted) {
    const codecs = RTCRtpReceiver.getCapabilities("video").codecs.filter(({ mimeType }) => wanted.includes(mimeType));
    pc.getTransceivers().find(({ sender }) => sender.track?.kind === "video").setCodecPreferences(codecs);
  }
  const video = document.querySelector("video");
  pc.ontrack = ({ track }) => { if (track.kind === "video") video.srcObject = new MediaStream([track]); };
  pc.onconnectionstatechange = () => {
    if (pc.connectionState === "connected") report.connectMs ??= performance.now() - started;
    if (pc.connectionState === "failed") post("/done", JSON.stringify({ error: "failed" }));
  };
  const waiting = [];
  let answered = false;
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate || !${trickle}) return;
    if (answered) post("/candidate", JSON.stringify(candidate)); else waiting.push(candidate);
  };
  await pc.setLocalDescription();
  const response = await post("/offer", ${trickle} ? pc.localDescription.sdp : pc.localDescription.sdp.replace(/a=candidate.*\\r\\n/g, ""));
  if (!response.ok) throw new Error(await response.text());
  await pc.setRemoteDescription({ type: "answer", sdp: await response.text() });
  answered = true;
  for (const candidate of waiting) post("/candidate", JSON.stringify(candidate));
  video.requestVideoFrameCallback(async () => {
    report.firstFrameMs = performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, ${watchMs}));
    const stats = [...(await pc.getStats()).values()];
    const inbound = stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    const codec = stats.find(({ id }) => id === inbound.codecId);
    Object.assign(report, { frames: inbound.framesDecoded, width: video.videoWidth, height: video.videoHeight, codec: codec?.mimeType, fps: inbound.framesPerSecond });
    post("/done", JSON.stringify(report));
  });
} catch (error) {
  post("/done", JSON.stringify({ error: String(error) }));
}
</script>`;
}
