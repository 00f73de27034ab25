// A call as FastRTC's documentation teaches front ends to make it: an offer at once, candidates as they come.

/** Calls the stream at `path` with the tracks of `stream`, or only listens where there is none. */
export async function call(path, { stream, receive = [], onTrack, onMessage }) {
  const connection = new RTCPeerConnection();
  const webrtcId = Math.random().toString(36).substring(7);
  const post = async (body) => {
    const response = await fetch(`${path}/webrtc/offer`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, webrtc_id: webrtcId }),
    });
    return response.json();
  };

  for (const track of stream?.getTracks() ?? []) connection.addTrack(track, stream);
  for (const kind of receive) connection.addTransceiver(kind, { direction: "recvonly" });
  connection.addEventListener("track", (event) => onTrack?.(event));
  const channel = connection.createDataChannel("text");
  channel.addEventListener("open", () => channel.send("handshake"));
  channel.addEventListener("message", (event) => onMessage?.(JSON.parse(event.data)));
  connection.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate) void post({ candidate: candidate.toJSON(), type: "ice-candidate" });
  });

  const offer = await connection.createOffer();
  await connection.setLocalDescription(offer);
  const answer = await post({ sdp: offer.sdp, type: offer.type });
  if (answer.status === "failed") {
    connection.close();
    throw new Error(
      answer.meta.error === "concurrency_limit_reached"
        ? `Too many connections. Maximum limit is ${answer.meta.limit}`
        : answer.meta.error,
    );
  }
  await connection.setRemoteDescription(answer);
  return { webrtcId, connection, stop: () => connection.close() };
}

/** What a page shows of its call, for people and for tests: `document.body.dataset`. */
export function show(state) {
  Object.assign(document.body.dataset, state);
}
