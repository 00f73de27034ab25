import { capture, type CaptureConstraints, captureScreen, type CaptureSource } from "./capture.ts";
import { ClientError } from "./client-error.ts";
import { sendWithLeastDelay } from "./low-delay.ts";

/** Camera and screen, or microphone. */
export type MediaKind = "video" | "audio";

export interface InputMediaOptions {
  /** Constraints, which are opened and stopped here, or a stream of somebody else's. */
  readonly media: CaptureConstraints | MediaStream;
  readonly source: CaptureSource;
  readonly createMediaStream: () => MediaStream;
  /** The connection is over. */
  readonly signal: AbortSignal;
  /** Has another track sent in place of the one of that kind. */
  readonly replaceTrack: (kind: MediaKind, track: MediaStreamTrack) => Promise<void>;
  readonly onChange: (stream: MediaStream) => void;
  readonly onTrouble: (error: ClientError) => void;
}

/** What a connection sends: camera and microphone, muted or not, and a screen in place of the camera. */
export class InputMedia {
  readonly #options: InputMediaOptions;
  readonly #muted = new Set<MediaKind>();
  /** What was opened or given; with a screen shared, what it goes back to. */
  #stream: MediaStream | undefined;
  #screen: { readonly track: MediaStreamTrack; readonly stream: MediaStream } | undefined;

  constructor(options: InputMediaOptions) {
    this.#options = options;
  }

  /** What is sent now; undefined before it is open. */
  get stream(): MediaStream | undefined {
    return this.#screen?.stream ?? this.#stream;
  }

  get sharesScreen(): boolean {
    return this.#screen !== undefined;
  }

  /** @throws {ClientError} as `capture` does. */
  async open(): Promise<void> {
    const { media, source, signal, onChange } = this.#options;
    const stream = isStream(media) ? media : await capture(media, source);
    this.#stream = stream;
    if (signal.aborted) {
      this.close();
      return;
    }
    for (const track of stream.getTracks()) this.#prepare(track);
    onChange(stream);
  }

  isMuted(kind: MediaKind): boolean {
    return this.#muted.has(kind);
  }

  setMuted(kind: MediaKind, isMuted: boolean): void {
    if (isMuted) this.#muted.add(kind);
    else this.#muted.delete(kind);
    for (const track of this.stream?.getTracks() ?? []) if (track.kind === kind) track.enabled = !isMuted;
  }

  /** @throws {ClientError} as `capture` does; what was sent before is sent again then. */
  async switchDevice(kind: MediaKind, deviceId: string): Promise<void> {
    const { media, source, signal, replaceTrack, onChange } = this.#options;
    const stream = this.#stream;
    const old = stream && trackOf(stream, kind);
    if (isStream(media) || !old || signal.aborted) return;
    const open = async (id: string | undefined): Promise<void> => {
      const wishes = media[kind];
      const { facingMode: _unused, ...rest } = typeof wishes === "object" ? wishes : {};
      const opened = await capture({ [kind]: { ...rest, ...(id ? { deviceId: { exact: id } } : {}) } }, source);
      const [track] = opened.getTracks();
      if (signal.aborted || !track) {
        stopTracks(opened);
        return;
      }
      const before = trackOf(stream, kind); // Another switch may have been quicker.
      if (before) {
        before.stop();
        stream.removeTrack(before);
        this.#screen?.stream.removeTrack(before);
      }
      stream.addTrack(track);
      this.#prepare(track);
      if (!this.#screen || kind === "audio") await replaceTrack(kind, track);
      if (kind === "audio") this.#screen?.stream.addTrack(track);
      onChange(this.stream ?? stream);
    };
    const oldId = old.getSettings().deviceId;
    old.stop();
    try {
      await open(deviceId);
    } catch (thrown) {
      await open(oldId);
      throw thrown;
    }
  }

  /** @throws {ClientError} as `captureScreen` does; the camera goes on then. */
  async shareScreen(constraints: MediaTrackConstraints | boolean): Promise<void> {
    const { source, signal, createMediaStream, replaceTrack, onChange } = this.#options;
    const stream = this.#stream;
    if (!stream || !trackOf(stream, "video")) {
      throw new ClientError(
        "browser_failed",
        "A screen takes the place of the camera, and this connection sends no pictures.",
      );
    }
    const opened = await captureScreen(constraints, source);
    const track = trackOf(opened, "video");
    if (signal.aborted || !track) {
      stopTracks(opened);
      return;
    }
    this.#screen?.track.stop();
    const shown = createMediaStream();
    for (const each of [track, ...stream.getTracks().filter(({ kind }) => kind === "audio")]) shown.addTrack(each);
    this.#screen = { track, stream: shown };
    if (this.#muted.has("video")) track.enabled = false;
    const stop = (): void => {
      if (this.#screen?.track === track) this.stopScreen().catch((thrown: unknown) => this.#report(thrown));
    };
    track.addEventListener("ended", stop, { signal }); // The user ends it in the browser's own bar.
    await replaceTrack("video", track);
    onChange(shown);
  }

  /** The camera is sent again. Harmless when no screen is shared. */
  async stopScreen(): Promise<void> {
    const { signal, replaceTrack, onChange } = this.#options;
    const [screen, stream] = [this.#screen, this.#stream];
    if (!screen || !stream) return;
    this.#screen = undefined;
    screen.track.stop();
    const camera = trackOf(stream, "video");
    if (signal.aborted || !camera) return;
    camera.enabled = !this.#muted.has("video");
    await replaceTrack("video", camera);
    onChange(stream);
  }

  /** Stops what was opened here. Harmless when repeated. */
  close(): void {
    this.#screen?.track.stop();
    if (this.#stream && !isStream(this.#options.media)) stopTracks(this.#stream);
  }

  #prepare(track: MediaStreamTrack): void {
    const { signal, onTrouble } = this.#options;
    const kind = track.kind === "video" ? "video" : "audio";
    sendWithLeastDelay(track);
    if (this.#muted.has(kind)) track.enabled = false;
    const device = kind === "video" ? "camera" : "microphone";
    track.addEventListener(
      "ended",
      () => onTrouble(new ClientError("no_device", `The ${device} was disconnected or taken away.`)),
      { signal },
    );
  }

  #report(cause: unknown): void {
    this.#options.onTrouble(
      cause instanceof ClientError
        ? cause
        : new ClientError("browser_failed", `The camera could not be sent again: ${String(cause)}`, { cause }),
    );
  }
}

function trackOf(stream: MediaStream, kind: MediaKind): MediaStreamTrack | undefined {
  return stream.getTracks().find((track) => track.kind === kind);
}

function isStream(media: CaptureConstraints | MediaStream): media is MediaStream {
  return "getTracks" in media;
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
