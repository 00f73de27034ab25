import type { Page } from "playwright-core";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { writeWav } from "../../src/media/wav.ts";

export interface AudioCallOptions {
  /** As the page sees it. @default "sendrecv" */
  readonly direction?: "sendrecv" | "sendonly" | "recvonly";
  /** Whether a camera's picture goes along, in the same direction. @default false */
  readonly video?: boolean;
  /** Parameters to add to Opus in the offer, such as "usedtx=1". */
  readonly opus?: string;
  /** The only codec that is offered, such as "PCMU". @default all of the browser's */
  readonly codec?: string;
  /** Whether the page's microphone is silent but for what `say` has it hear. @default false: it is the browser's */
  readonly saying?: boolean;
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
  /** How much of what came back since `startRecording` was sound, in seconds. */
  readonly heardSeconds: number;
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
    say(wav: string): Promise<void>;
    startRecording(): void;
    recordedSeconds(): number;
    stopRecording(): readonly [microphone: string, returned: string];
    mute(muted: boolean): void;
    stopMicrophone(): Promise<void>;
    hangUp(): void;
  };
}

/** Makes a call with sound from the page to the server that the page came from. */
export async function startAudioCall(page: Page, options: AudioCallOptions = {}): Promise<void> {
  await page.evaluate(async ({ direction = "sendrecv", video = false, opus, codec, saying = false }) => {
    const peer = new RTCPeerConnection();
    const messages: string[] = [];
    peer.createDataChannel("text").addEventListener("message", ({ data }) => {
      messages.push((JSON.parse(String(data)) as { type: string }).type);
    });
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const recorderModule = `registerProcessor("recorder", class extends AudioWorkletProcessor {
      process([channels]) {
        // While nothing flows into it there are no channels.
        this.port.postMessage([0, 1].map((index) => channels[index] ?? new Float32Array(128)));
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

    const voice = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    // A track that nothing flows into sends no packets, and swallows the beginning of what comes next.
    const quiet = new ConstantSourceNode(context, { offset: 0 });
    quiet.connect(voice);
    quiet.start();
    let microphone: MediaStreamTrack | undefined;
    let sender: RTCRtpSender | undefined;
    if (direction === "recvonly") {
      peer.addTransceiver("audio", { direction });
      if (video) peer.addTransceiver("video", { direction });
    } else {
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const stream = saying ? voice.stream : await navigator.mediaDevices.getUserMedia({ audio, video });
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

    /** As many samples are heard at once. */
    const BLOCK = 128;
    let heardBlocks = 0;
    let recording:
      | { readonly recorder: AudioWorkletNode; readonly microphone: Float32Array[]; readonly returned: Float32Array[] }
      | undefined;
    const toBase64 = (blocks: readonly Float32Array[]): string => {
      let binary = "";
      for (const { buffer, byteOffset, byteLength } of blocks)
        binary += String.fromCharCode(...new Uint8Array(buffer, byteOffset, byteLength));
      return btoa(binary);
    };

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
          heardSeconds: (heardBlocks * BLOCK) / context.sampleRate,
        };
      },
      async say(wav) {
        const bytes = Uint8Array.from(atob(wav), (character) => character.charCodeAt(0));
        const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(bytes.buffer) });
        const ended = new Promise((resolve) => source.addEventListener("ended", resolve));
        source.connect(voice);
        source.start();
        await ended;
      },
      startRecording() {
        const recorder = new AudioWorkletNode(context, "recorder", { channelCount: 2 });
        recording = { recorder, microphone: [], returned: [] };
        const { microphone: own, returned: others } = recording;
        heardBlocks = 0;
        recorder.port.addEventListener("message", ({ data }: MessageEvent<[Float32Array, Float32Array]>) => {
          own.push(data[0]);
          others.push(data[1]);
          if (data[1].some((sample) => Math.abs(sample) > 0.02)) heardBlocks += 1;
        });
        recorder.port.start();
        merger.connect(recorder);
      },
      recordedSeconds: () => (recording ? (recording.returned.length * BLOCK) / context.sampleRate : 0),
      stopRecording() {
        if (!recording) throw new Error("Nothing is recorded.");
        const { recorder, microphone: own, returned: others } = recording;
        recording = undefined;
        recorder.port.close();
        merger.disconnect(recorder);
        return [toBase64(own), toBase64(others)];
      },
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
  const deadline = performance.now() + 40_000;
  for (;;) {
    const state = await audioCallState(page);
    if (check(state)) return state;
    if (performance.now() > deadline) throw new Error(`The call did not come to that: ${JSON.stringify(state)}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** Has the microphone of a call that was started with `saying` hear this; resolves at its end. */
export function say(page: Page, sound: AudioFrame): Promise<void> {
  return page.evaluate((wav) => globalThis.audioCall.say(wav), Buffer.from(writeWav(sound)).toString("base64"));
}

/** Begins to record what the page hears. */
export function startRecording(page: Page): Promise<void> {
  return page.evaluate(() => globalThis.audioCall.startRecording());
}

/** What the page has heard since `startRecording`. */
export async function stopRecording(page: Page): Promise<Recording> {
  const [microphone, returned] = await page.evaluate(() => globalThis.audioCall.stopRecording());
  return { microphone: samplesOf(microphone), returned: samplesOf(returned) };
}

/** What the page hears in the next `seconds`. */
export async function record(page: Page, seconds: number): Promise<Recording> {
  await startRecording(page);
  await page.waitForFunction((length) => globalThis.audioCall.recordedSeconds() >= length, seconds);
  return stopRecording(page);
}

/** The samples of a base64 text of 32-bit numbers. */
function samplesOf(text: string): number[] {
  return [...new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer)];
}
