export { type ConnectPeerOptions, connectPeer } from "./connect-peer.ts";
export { HeardSound, type Stretch, levelDb } from "./heard-sound.ts";
export { type SpeakOptions, speak } from "./speak.ts";
export { type Received, TestPeer, type TurnEvent } from "./test-peer.ts";
export type { TimeKind } from "./test-time.ts";
export { type ToneOptions, silence, tone } from "./tone.ts";
export { type Y4mVideo, parseY4m } from "./y4m.ts";
