/**
 * Connects as FastRTC's front ends do: a data channel, one video track both ways, the offer posted at once and
 * candidates after it. Requests go through the harness, because the servers are of another origin.
 */
export async function connectWebRtc({ target, codec, iceServers = [], track, element }) {
  const id = Math.random().toString(36).slice(2);
  const post = async (body) => {
    const reply = await fetch(`/to/${target}/webrtc/offer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, webrtc_id: id }),
    });
    const answer = await reply.json();
    if (!reply.ok || answer.status === "failed") throw new Error(`Refused: ${JSON.stringify(answer)}`);
    return answer;
  };

  const connection = new RTCPeerConnection({ iceServers });
  connection.createDataChannel("text");
  const transceiver = connection.addTransceiver(track, { direction: "sendrecv", streams: [new MediaStream([track])] });
  if (codec !== undefined) {
    const { codecs } = RTCRtpReceiver.getCapabilities("video");
    transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`));
  }
  connection.ontrack = (event) => {
    // Every server is measured with the same wish: show pictures as soon as they are there.
    event.receiver.jitterBufferTarget = 0;
    element.srcObject = new MediaStream([event.track]);
  };
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) post({ type: "ice-candidate", candidate: candidate.toJSON() }).catch(console.error);
  };

  await connection.setLocalDescription();
  const answer = await post({ type: "offer", sdp: connection.localDescription.sdp });
  await connection.setRemoteDescription(answer);
  return connection;
}
