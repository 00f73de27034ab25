/** Which media a stream carries. */
export type Modality = "video" | "audio" | "audio-video";

/** Which way the media go, as the peer sees it: with "send" it only sends, with "receive" it only receives. */
export type Mode = "send-receive" | "send" | "receive";
