/** Which kinds of media a stream has. */
export type Modality = "video" | "audio" | "audio-video";

/** Which way they go, seen from the browser. */
export type Mode = "send-receive" | "send" | "receive";

/** What carries media and messages. */
export type TransportKind = "webrtc" | "websocket";
