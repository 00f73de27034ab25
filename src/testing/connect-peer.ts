import { FastRtcError } from "../errors.ts";
import type { AudioFrame } from "../media/audio-frame.ts";
import type { VideoFrame } from "../media/video-frame.ts";
import type { ServerMessage } from "../protocol/server-message.ts";
import type { AdditionalOutputs } from "../session/additional-outputs.ts";
import type { Identity } from "../session/identity.ts";
import type { Modality, Mode } from "../session/modality.ts";
import { peersOf } from "../session/peers.ts";
import type { Refusal } from "../session/session-registry.ts";
import type { Session } from "../session/session.ts";
import type { AudioFormat, Transport } from "../session/transport.ts";
import type { Stream } from "../stream.ts";
import { LoopbackTransport } from "../transports/loopback/loopback-transport.ts";
import type { AdditionalInput, InputArguments } from "../ui/additional-input.ts";
import type { AdditionalOutput } from "../ui/additional-output.ts";
import { HeardSound } from "./heard-sound.ts";
import { type Received, TestPeer } from "./test-peer.ts";
import { type TimeKind, TestTime } from "./test-time.ts";

/** What `connectPeer` takes. */
export interface ConnectPeerOptions {
  /** Its `webrtc_id`. @default one of its own */
  webrtcId?: string;
  /**
   * Whether time goes as fast as the handler can follow, or as it does. In simulated time a minute takes some milliseconds, and every
   * run is the same: what the handler awaits of its own takes no time, unless it is awaited by `getCurrentContext().clock`.
   * Handlers that call services or slow models need "real". @default "simulated"
   */
  time?: TimeKind;
  /** What the handler is to take it for; a telephone hears and speaks at 8 kHz. @default "loopback" */
  transport?: Transport["kind"];
  /** The headers of the request that it comes with, for `getCurrentContext()`. @default none */
  headers?: Headers | Record<string, string>;
  /** Whose it is, for `getCurrentContext()`: nobody is asked. @default nobody's */
  identity?: Identity;
}

/** How many pictures are kept: ten seconds' worth. */
const MAX_SEEN = 300;

let peerCount = 0;

/**
 * Connects a peer to a Stream, within this process: no browser, no network, no port. It takes one of the Stream's places, and
 * gives it back when it leaves: `await using peer = await connectPeer(stream)`.
 * @throws {FastRtcError} `connection_refused` when the Stream has no place for it.
 */
export async function connectPeer<
  const Inputs extends readonly AdditionalInput[],
  const Outputs extends readonly AdditionalOutput[],
  M extends Modality,
  ModeOfStream extends Mode,
>(
  stream: Stream<Inputs, Outputs, M, ModeOfStream>,
  { webrtcId, time: timeKind = "simulated", transport: kind = "loopback", headers, identity }: ConnectPeerOptions = {},
): Promise<TestPeer<InputArguments<Inputs>>> {
  const peers = peersOf(stream);
  peerCount += 1;
  const id = webrtcId ?? `test-peer-${peerCount}`;
  const time = new TestTime(timeKind, () => session.isBusy);
  const { clock } = time;
  const admission = peers.registry.admit(id, () =>
    peers.createSession(id, kind, new Headers(headers), { clock, identity }),
  );
  if (admission.type !== "admitted") throw refused(admission);
  const session: Session = admission.session;

  const connectedAtMs = clock.nowMs();
  const sinceMs = (): number => clock.nowMs() - connectedAtMs;
  const format: AudioFormat = {
    sampleRate: kind === "telephone" ? 8000 : 48_000,
    channels: 1,
    packetMs: 20,
    leadMs: 0,
  };
  const heard = new HeardSound(format, sinceMs);
  const seen: Received<VideoFrame>[] = [];
  const messages: Received<ServerMessage>[] = [];
  const outputs: Received<AdditionalOutputs>[] = [];
  const transport = new LoopbackTransport({
    audioFormat: peers.sendsAudio ? format : undefined,
    peer: {
      audio: (frame: AudioFrame) => {
        heard.add(frame, (frame.timestampUs ?? clock.nowMs() * 1000) / 1000 - connectedAtMs);
        time.happened();
      },
      audioCleared: () => heard.clear(),
      video: (frame) => {
        seen.push({ atMs: sinceMs(), value: frame });
        if (seen.length > MAX_SEEN) seen.shift();
        time.happened();
      },
      message: (message) => {
        messages.push({ atMs: sinceMs(), value: message });
        time.happened();
      },
      closed: () => time.happened(),
    },
  });
  const collected = collect(session, (value) => {
    outputs.push({ atMs: sinceMs(), value });
    time.happened();
  });
  collected.catch((thrown: unknown) =>
    session.reportError(thrown instanceof Error ? thrown : new Error(String(thrown))),
  );
  session.attach(transport);
  session.connected();
  return new TestPeer(
    { session, time, connectedAtMs, heard, setInput: (values) => peers.inputs.set(id, values) },
    { seen, messages, outputs },
  );
}

async function collect(session: Session, keep: (outputs: AdditionalOutputs) => void): Promise<void> {
  for await (const outputs of session.outputs.read()) keep(outputs);
}

function refused(refusal: Refusal): FastRtcError {
  return new FastRtcError("connection_refused", `The stream turned the peer down: ${reasonOf(refusal)}.`);
}

function reasonOf(refusal: Refusal): string {
  switch (refusal.type) {
    case "connection_already_exists":
      return "there is a peer with this webrtcId already";
    case "concurrency_limit_reached":
      return `all ${refusal.limit} places are taken: have a peer leave, or raise concurrencyLimit`;
    case "server_draining":
      return "stream.drain() was called, and nobody new comes in";
  }
}
