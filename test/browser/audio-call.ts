import type { Page } from "playwright-core";

export interface AudioCallOptions {
  /** As the page sees it. @default "sendrecv" */
  readonly direction?: "sendrecv" | "sendonly" | "recvonly";
  /** Whether a camera's picture goes along, in the same direction. @default false */
  readonly video?: boolean;
  /** Parameters to add to Opus in the offer, such as "usedtx=1". */
  readonly opus?: string;
  /** The only codec that is offered, such as "PCMU". @default all of the browser's */
  readonly codec?: string;
}

/** How a call stands. */
export interface AudioCallState {
  readonly reply: { readonly type?: string; readonly sdp?: string; readonly meta?: { readonly error: string } };
  readonly connectionState: string;
  /** The types of the messages that the server sent. */
  readonly messages: readonly string[];
  /** The size of the picture that came back; 0 while there is none. */
  readonly width: number;
  readonly height: number;
  readonly framesDecoded: number;
  /** How many packets of sound came and did not, and how many of their samples the browser had to make up. */
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsSent: number;
  readonly concealedSamples: number;
  readonly jitterBufferMs: number;
}

/** Sound at 48 kHz as the page heard it: what its microphone picked up, and at the same time what came back. */
export interface Recording {
  readonly microphone: readonly number[];
  readonly returned: readonly number[];
}

declare global {
  // Lives in the page.
  var audioCall: {
    state(): Promise<AudioCallState>;
    record(seconds: number): Promise<Recording>;
    mute(muted: boolean): void;
    stopMicrophone(): Promise<void>;
    hangUp(): void;
  };
}

/** Makes a call with sound from the page to the server that the page came from. */
export async function startAudioCall(page: Page, options: AudioCallOptions = {}): Promise<void> {
  await page.evaluate(async ({ direction = "sendrecv", video = false, opus, codec }) => {
    const peer = new RTCPeerConnection();
    const messages: string[] = [];
    peer.createDataChannel("text").addEventListener("message", ({ data }) => {
      messages.push((JSON.parse(String(data)) as { type: string }).type);
    });
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const recorderModule = `registerProcessor("recorder", class extends AudioWorkletProcessor {
      process([channels]) {
        this.port.postMessage(channels);
        return true;
      }
    });`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([recorderModule], { type: "text/javascript" })));
    const merger = context.createChannelMerger(2);
    // Without an element that plays it, Chromium does not decode what comes.
    const element = document.createElement(video ? "video" : "audio");
    const returned = new MediaStream();
    element.srcObject = returned;
    peer.addEventListener("track", ({ track }) => {
      returned.addTrack(track);
      void element.play().catch(() => undefined);
      if (track.kind === "audio") context.createMediaStreamSource(new MediaStream([track])).connect(merger, 0, 1);
    });

    let microphone: MediaStreamTrack | undefined;
    let sender: RTCRtpSender | undefined;
    if (direction === "recvonly") {
      peer.addTransceiver("audio", { direction });
      if (video) peer.addTransceiver("video", { direction });
    } else {
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const stream = await navigator.mediaDevices.getUserMedia({ audio, video });
      for (const track of stream.getTracks()) {
        const transceiver = peer.addTransceiver(track, { direction, streams: [stream] });
        if (track.kind === "audio") ({ sender } = transceiver);
      }
      [microphone] = stream.getAudioTracks();
      if (microphone) context.createMediaStreamSource(new MediaStream([microphone])).connect(merger, 0, 0);
    }
    if (codec !== undefined) {
      for (const transceiver of peer.getTransceivers()) {
        const all = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
        transceiver.setCodecPreferences(all.filter(({ mimeType }) => mimeType === `audio/${codec}`));
      }
    }

    const webrtcId = Math.random().toString(36).slice(2);
    const post = async (body: object): Promise<AudioCallState["reply"]> => {
      const headers = { "content-type": "application/json" };
      const json = JSON.stringify({ ...body, webrtc_id: webrtcId });
      const response = await fetch("/webrtc/offer", { method: "POST", headers, body: json });
      return (await response.json()) as AudioCallState["reply"];
    };
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate) void post({ type: "ice-candidate", candidate: candidate.toJSON() });
    });
    const offer = await peer.createOffer();
    const sdp = opus === undefined ? offer.sdp : offer.sdp?.replace("useinbandfec=1", `useinbandfec=1;${opus}`);
    await peer.setLocalDescription({ type: "offer", sdp: sdp ?? "" });
    const reply = await post({ type: "offer", sdp });
    if (reply.type === "answer") await peer.setRemoteDescription({ type: "answer", sdp: reply.sdp ?? "" });

    globalThis.audioCall = {
      state: async () => {
        const numbers = new Map<string, number>();
        const stats: Map<string, Record<string, unknown>> = new Map(await peer.getStats());
        for (const entry of stats.values()) {
          for (const [key, value] of Object.entries(entry)) {
            if (typeof value === "number")
              numbers.set(`${String(entry["type"])} ${String(entry["kind"])} ${key}`, value);
          }
        }
        const inbound = (kind: string, key: string): number => numbers.get(`inbound-rtp ${kind} ${key}`) ?? 0;
        const emitted = inbound("audio", "jitterBufferEmittedCount");
        return {
          reply,
          connectionState: peer.connectionState,
          messages,
          width: element instanceof HTMLVideoElement ? element.videoWidth : 0,
          height: element instanceof HTMLVideoElement ? element.videoHeight : 0,
          framesDecoded: inbound("video", "framesDecoded"),
          packetsReceived: inbound("audio", "packetsReceived"),
          packetsLost: inbound("audio", "packetsLost"),
          packetsSent: numbers.get("outbound-rtp audio packetsSent") ?? 0,
          concealedSamples: inbound("audio", "concealedSamples"),
          jitterBufferMs: emitted === 0 ? 0 : (inbound("audio", "jitterBufferDelay") / emitted) * 1000,
        };
      },
      record: (seconds) =>
        new Promise((resolve) => {
          const recorder = new AudioWorkletNode(context, "recorder", { channelCount: 2 });
          const recording = { microphone: [] as number[], returned: [] as number[] };
          recorder.port.addEventListener("message", ({ data }: MessageEvent<[Float32Array, Float32Array]>) => {
            recording.microphone.push(...data[0]);
            recording.returned.push(...data[1]);
            if (recording.returned.length < seconds * 48_000) return;
            recorder.port.close();
            merger.disconnect(recorder);
            resolve(recording);
          });
          recorder.port.start();
          merger.connect(recorder);
        }),
      mute: (muted) => {
        if (microphone) microphone.enabled = !muted;
      },
      stopMicrophone: async () => {
        await sender?.replaceTrack(null);
      },
      hangUp: () => peer.close(),
    };
  }, options);
}

/** How the page's call stands. */
export function audioCallState(page: Page): Promise<AudioCallState> {
  return page.evaluate(() => globalThis.audioCall.state());
}

/** Waits until the call is as `check` wants it; says how it stood when that never comes. */
export async function audioCallUntil(page: Page, check: (state: AudioCallState) => boolean): Promise<AudioCallState> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const state = await audioCallState(page);
    if (check(state)) return state;
    if (performance.now() > deadline) throw new Error(`The call did not come to that: ${JSON.stringify(state)}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** What the page hears in the next `seconds`. */
export function record(page: Page, seconds: number): Promise<Recording> {
  return page.evaluate((length) => globalThis.audioCall.record(length), seconds);
}
