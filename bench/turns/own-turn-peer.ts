import { type AppState, type ReplyFunction, ReplyOnPause, Stream } from "fastrtc";
import { type TestPeer, connectPeer } from "fastrtc/testing";
import { PEER_RATE, REPLY_MS, type ReplyCall, type TurnPeer } from "./turn-peer.ts";

const TONE = new Int16Array((REPLY_MS * PEER_RATE) / 1000).map(
  (_, index) => 8000 * Math.sin((index * 440 * 2 * Math.PI) / PEER_RATE),
);

/** FastRTC's rule: whoever overrides `determinePause` gets it by `super`. */
class BlockRule extends ReplyOnPause {
  override determinePause(audio: Int16Array, samplingRate: number, state: AppState): boolean | Promise<boolean> {
    return super.determinePause(audio, samplingRate, state);
  }
}

/** Connects to this package's `ReplyOnPause`, with its defaults or with FastRTC's rule. */
export async function connectOwn(rule: "fastrtc for TypeScript" | "FastRTC's rule"): Promise<TurnPeer> {
  const calls: ReplyCall[] = [];
  let peer: TestPeer | undefined;
  const reply: ReplyFunction = (audio) => {
    calls.push({ atMs: peer?.connectedMs ?? 0, audioMs: audio.durationMs });
    return [PEER_RATE, TONE];
  };
  const handler = rule === "FastRTC's rule" ? new BlockRule(reply) : new ReplyOnPause(reply);
  const connected = await connectPeer(new Stream({ handler, modality: "audio" }));
  peer = connected;
  return {
    rule,
    calls,
    get nowMs() {
      return connected.connectedMs;
    },
    get sounds() {
      return connected.heard.sounds({ gapMs: 60 });
    },
    hear: (samples) => connected.sendAudio([PEER_RATE, samples]),
    [Symbol.asyncDispose]: () => connected[Symbol.asyncDispose](),
  };
}
