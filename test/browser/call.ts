import type { Page } from "playwright-core";

/** What a call offers to the server, and what it paints into its picture. */
export interface CallOptions {
  /** The codecs to offer, as `name` or `name/parameters`: "VP8", "H264/packetization-mode=0". @default all */
  readonly codecs?: readonly string[];
  /** CSS colours of the picture's quarters: top left, top right, bottom left, bottom right. */
  readonly quarters?: readonly [string, string, string, string];
  readonly width?: number;
  readonly height?: number;
  readonly webrtcId?: string;
  /** Whether an audio track is offered as well. */
  readonly audio?: boolean;
  /** Whether only a data channel is offered. */
  readonly dataOnly?: boolean;
  /** Whether candidates are posted as they are found, instead of inside the offer. @default true */
  readonly trickle?: boolean;
  /** The prefix that the stream is mounted at. @default "" */
  readonly path?: string;
}

/** How a call stands; colours are `[red, green, blue]` in the middle of each quarter. */
export interface CallState {
  readonly reply: {
    readonly type?: string;
    readonly sdp?: string;
    readonly status?: string;
    readonly meta?: { readonly error: string };
  };
  readonly connectionState: string;
  readonly messages: readonly { readonly type: string; readonly data?: unknown; readonly message?: string }[];
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly quarters: readonly (readonly number[])[];
  readonly codec: string | undefined;
}

declare global {
  // Lives in the page.
  var call: {
    state(): Promise<CallState>;
    say(text: string): void;
    resize(width: number, height: number): void;
    stop(): void;
  };
}

/** Makes a call from the page to the server that the page came from, as FastRTC's documentation teaches it. */
export async function startCall(page: Page, options: CallOptions = {}): Promise<void> {
  await page.evaluate(async (wanted) => {
    const {
      codecs,
      quarters = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"],
      width = 640,
      height = 480,
      webrtcId = Math.random().toString(36).slice(2),
      audio = false,
      dataOnly = false,
      trickle = true,
      path = "",
    } = wanted;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { alpha: false });
    const painting = setInterval(() => {
      quarters.forEach((color, index) => {
        if (!context) return;
        context.fillStyle = color;
        context.fillRect(
          ((index % 2) * canvas.width) / 2,
          (Math.floor(index / 2) * canvas.height) / 2,
          canvas.width / 2,
          canvas.height / 2,
        );
      });
    }, 1000 / 30);

    const peer = new RTCPeerConnection();
    type Message = CallState["messages"][number];
    const messages: Message[] = [];
    const channel = peer.createDataChannel("text");
    channel.addEventListener("open", () => channel.send("handshake"));
    channel.addEventListener("message", (event) => {
      messages.push(JSON.parse(String(event.data)) as (typeof messages)[number]);
    });
    const video = document.createElement("video");
    video.muted = true;
    peer.addEventListener("track", ({ track }) => {
      if (track.kind !== "video") return;
      video.srcObject = new MediaStream([track]);
      void video.play().catch(() => undefined);
    });
    if (!dataOnly) {
      const [track] = canvas.captureStream(30).getVideoTracks();
      if (!track) throw new Error("the canvas has no track");
      const transceiver = peer.addTransceiver(track, { direction: "sendrecv" });
      const offered = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
      if (codecs) {
        transceiver.setCodecPreferences(
          offered.filter(({ mimeType, sdpFmtpLine = "" }) =>
            codecs.some((codec) => {
              const [name, parameters = ""] = codec.split("/");
              return mimeType === `video/${name}` && sdpFmtpLine.includes(parameters);
            }),
          ),
        );
      }
    }
    if (audio) peer.addTransceiver("audio", { direction: "sendrecv" });

    const post = async (body: object): Promise<CallState["reply"]> => {
      const response = await fetch(`${path}/webrtc/offer`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...body, webrtc_id: webrtcId }),
      });
      return (await response.json()) as CallState["reply"];
    };
    if (trickle) {
      peer.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate) void post({ type: "ice-candidate", candidate: candidate.toJSON() });
      });
    }
    await peer.setLocalDescription();
    if (!trickle && peer.iceGatheringState !== "complete") {
      await new Promise<void>((resolve) => {
        peer.addEventListener("icegatheringstatechange", () => {
          if (peer.iceGatheringState === "complete") resolve();
        });
      });
    }
    const reply = await post({ type: "offer", sdp: peer.localDescription?.sdp });
    if (reply.type === "answer") await peer.setRemoteDescription({ type: "answer", sdp: reply.sdp ?? "" });

    const reader = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    globalThis.call = {
      say: (text) => channel.send(text),
      resize: (newWidth, newHeight) => {
        canvas.width = newWidth;
        canvas.height = newHeight;
      },
      stop: () => {
        clearInterval(painting);
        peer.close();
      },
      state: async () => {
        let codec: string | undefined;
        let frames = 0;
        const stats: Map<string, Record<string, unknown>> = new Map(await peer.getStats());
        for (const entry of stats.values()) {
          if (entry["type"] !== "inbound-rtp" || entry["kind"] !== "video") continue;
          frames = Number(entry["framesDecoded"] ?? 0);
          const mimeType = stats.get(String(entry["codecId"]))?.["mimeType"];
          codec = typeof mimeType === "string" ? mimeType.replace("video/", "") : undefined;
        }
        const [shownWidth, shownHeight] = [video.videoWidth, video.videoHeight];
        let colors: number[][] = [];
        if (reader && shownWidth > 0) {
          reader.canvas.width = shownWidth;
          reader.canvas.height = shownHeight;
          reader.drawImage(video, 0, 0);
          colors = [0, 1, 2, 3].map((index) => {
            const x = Math.floor(((index % 2) * 0.5 + 0.25) * shownWidth);
            const y = Math.floor((Math.floor(index / 2) * 0.5 + 0.25) * shownHeight);
            return [...reader.getImageData(x, y, 1, 1).data].slice(0, 3);
          });
        }
        return {
          reply,
          connectionState: peer.connectionState,
          messages,
          frames,
          width: shownWidth,
          height: shownHeight,
          quarters: colors,
          codec,
        };
      },
    };
  }, options);
}

/** How the page's call stands. */
export function callState(page: Page): Promise<CallState> {
  return page.evaluate(() => globalThis.call.state());
}

/** Waits until the call is as `check` wants it, and returns how it stands then; says how it stood when that never comes. */
export async function callUntil(
  page: Page,
  check: (state: CallState) => boolean,
  timeoutMs = 40_000,
): Promise<CallState> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const state = await callState(page);
    if (check(state)) return state;
    if (performance.now() > deadline) throw new Error(`The call did not come to that: ${JSON.stringify(state)}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}
