import type { BrowserParts } from "../../src/client/connect-options.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** What a server would answer to one POST. */
export type Reply = (body: Readonly<Record<string, unknown>>) => Response | Promise<Response>;

/** A data channel that opens when the test says so. */
class FakeDataChannel extends EventTarget {
  label = "";
  readyState: RTCDataChannelState = "connecting";
  readonly bufferedAmount = 0;
  readonly sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }
}

/** A browser's WebRTC as far as the client talks to it: it answers at once, and the test says what the network does. */
export class FakePeerConnection extends EventTarget {
  connectionState: RTCPeerConnectionState = "new";
  readonly channel = new FakeDataChannel();
  readonly transceivers: { readonly kind: string; readonly direction: string | undefined }[] = [];
  readonly configuration: RTCConfiguration;
  answer: string | undefined;
  stats = new Map<string, object>();

  constructor(configuration: RTCConfiguration) {
    super();
    this.configuration = configuration;
  }

  createDataChannel(label: string): EventTarget {
    return Object.assign(this.channel, { label });
  }

  addTransceiver(trackOrKind: FakeTrack | string, { direction }: RTCRtpTransceiverInit): void {
    this.transceivers.push({ kind: typeof trackOrKind === "string" ? trackOrKind : trackOrKind.kind, direction });
  }

  createOffer(): Promise<RTCSessionDescriptionInit> {
    return Promise.resolve({ type: "offer", sdp: "the offer" });
  }

  setLocalDescription(): Promise<void> {
    this.foundCandidate("candidate:1");
    return Promise.resolve();
  }

  setRemoteDescription({ sdp }: RTCSessionDescriptionInit): Promise<void> {
    this.answer = sdp;
    return Promise.resolve();
  }

  getSenders(): unknown[] {
    return [];
  }

  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(this.stats);
  }

  close(): void {
    this.connectionState = "closed";
  }

  foundCandidate(text: string): void {
    const candidate = { candidate: text, toJSON: () => ({ candidate: text, sdpMid: "0", sdpMLineIndex: 0 }) };
    this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
  }

  reach(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  receiveTrack(track: FakeTrack): { jitterBufferTarget: number | null } {
    const receiver = { jitterBufferTarget: null };
    this.dispatchEvent(Object.assign(new Event("track"), { track, receiver }));
    return receiver;
  }

  openChannel(): void {
    this.channel.readyState = "open";
    this.channel.dispatchEvent(new Event("open"));
  }

  receiveMessage(data: unknown): void {
    this.channel.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

/** A camera's or microphone's track. */
export class FakeTrack extends EventTarget {
  readonly kind: string;
  contentHint = "";
  isStopped = false;

  constructor(kind: string) {
    super();
    this.kind = kind;
  }

  stop(): void {
    this.isStopped = true;
  }
}

/** A bag of tracks. */
export class FakeStream {
  readonly tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.tracks = tracks;
  }

  getTracks(): FakeTrack[] {
    return this.tracks;
  }

  addTrack(track: FakeTrack): void {
    this.tracks.push(track);
  }

  removeTrack(track: FakeTrack): void {
    if (this.tracks.includes(track)) this.tracks.splice(this.tracks.indexOf(track), 1);
  }
}

export interface FakeBrowser {
  readonly parts: BrowserParts;
  readonly clock: ManualClock;
  readonly camera: FakeTrack;
  /** What was posted, in its order. */
  readonly posts: Readonly<Record<string, unknown>>[];
  /** The last connection made. */
  readonly peer: () => FakePeerConnection;
  /** All of them, oldest first. */
  readonly peers: readonly FakePeerConnection[];
  /** The browser tells that it has a network again. */
  readonly goOnline: () => void;
}

const SUCCESS: Reply = ({ type }) =>
  Response.json(type === "offer" ? { type: "answer", sdp: "the answer" } : { status: "success" });

/** The parts of a browser, with a camera that opens at once unless `getUserMedia` says otherwise. */
export function fakeBrowser({
  reply = SUCCESS,
  getUserMedia,
}: { reply?: Reply; getUserMedia?: () => Promise<MediaStream> } = {}): FakeBrowser {
  const clock = new ManualClock();
  const camera = new FakeTrack("video");
  const posts: Readonly<Record<string, unknown>>[] = [];
  const peers: FakePeerConnection[] = [];
  const networkEvents = new EventTarget();
  const open = (): Promise<MediaStream> => Promise.resolve(new FakeStream([camera]) as unknown as MediaStream);
  return {
    clock,
    camera,
    posts,
    peers,
    goOnline: () => networkEvents.dispatchEvent(new Event("online")),
    peer: () => {
      const peer = peers.at(-1);
      if (!peer) throw new Error("No connection was made.");
      return peer;
    },
    parts: {
      clock,
      networkEvents,
      createPeerConnection: (configuration) => {
        const peer = new FakePeerConnection(configuration);
        peers.push(peer);
        return peer as unknown as RTCPeerConnection;
      },
      createWebSocket: () => {
        throw new Error("This test has no WebSocket.");
      },
      openSound: () => Promise.reject(new Error("This test has no sound.")),
      createMediaStream: () => new FakeStream() as unknown as MediaStream,
      mediaDevices: { getUserMedia: getUserMedia ?? open },
      fetch: (_url, init) => {
        const body = JSON.parse(init?.body as string) as Readonly<Record<string, unknown>>;
        posts.push(body);
        return Promise.resolve(reply(body));
      },
    },
  };
}
