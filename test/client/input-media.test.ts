import { describe, expect, it } from "vitest";
import type { ClientError } from "../../src/client/client-error.ts";
import { InputMedia, type InputMediaOptions } from "../../src/client/input-media.ts";
import { soon } from "../support/soon.ts";
import { FakeStream, FakeTrack } from "./fake-browser.ts";

function setUp(given: Partial<InputMediaOptions> = {}) {
  const abort = new AbortController();
  const [camera, microphone, screen] = [new FakeTrack("video"), new FakeTrack("audio"), new FakeTrack("video")];
  const sent: unknown[] = [];
  const changes: unknown[][] = [];
  const troubles: ClientError[] = [];
  const open = (tracks: FakeTrack[]): Promise<MediaStream> =>
    Promise.resolve(new FakeStream(tracks) as unknown as MediaStream);
  const media = new InputMedia({
    media: { video: true, audio: true },
    source: { getUserMedia: () => open([camera, microphone]), getDisplayMedia: () => open([screen]) },
    createMediaStream: () => new FakeStream() as unknown as MediaStream,
    signal: abort.signal,
    replaceTrack: (kind, track) => Promise.resolve(void sent.push([kind, track])),
    onChange: (stream) => changes.push(stream.getTracks()),
    onTrouble: (error) => troubles.push(error),
    ...given,
  });
  return { media, abort, camera, microphone, screen, sent, changes, troubles };
}

const isEnabled = (track: FakeTrack): unknown => (track as { enabled?: boolean }).enabled;

describe("muting", () => {
  it("disables the tracks of that kind, those of later devices as well", async () => {
    const { media, camera, microphone } = setUp();
    media.setMuted("audio", true);
    await media.open();
    expect([isEnabled(microphone), isEnabled(camera), media.isMuted("audio")]).toEqual([false, undefined, true]);
    media.setMuted("audio", false);
    expect([isEnabled(microphone), media.isMuted("audio")]).toEqual([true, false]);
  });
});

describe("switching devices", () => {
  it("twice at once leaves the one that opened last, and stops the other", async () => {
    const opened: FakeTrack[] = [];
    const opening: (() => void)[] = [];
    const { media, sent, changes } = setUp({
      media: { video: true },
      source: {
        getUserMedia: () => {
          const camera = Object.assign(new FakeTrack("video"), { getSettings: () => ({}) });
          opened.push(camera);
          const stream = new FakeStream([camera]) as unknown as MediaStream;
          return new Promise((resolve) => opening.push(() => resolve(stream)));
        },
      },
    });
    const first = media.open();
    opening[0]?.();
    await first;
    const switches = [media.switchDevice("video", "b"), media.switchDevice("video", "c")];
    opening[2]?.();
    opening[1]?.();
    await Promise.all(switches);
    expect(opened.map(({ isStopped }) => isStopped)).toEqual([true, false, true]);
    expect([sent.at(-1), changes.at(-1)]).toEqual([["video", opened[1]], [opened[1]]]);
  });

  it("opens none when the connection is over", async () => {
    const { media, abort, camera } = setUp();
    await media.open();
    abort.abort();
    await media.switchDevice("video", "b");
    expect(camera.isStopped).toBe(false); // Closing stops it.
  });
});

describe("sharing a screen", () => {
  it("sends it in place of the camera, beside the microphone, and the camera again afterwards", async () => {
    const { media, camera, microphone, screen, sent, changes } = setUp();
    await media.open();
    await media.shareScreen(true);
    expect(media.sharesScreen).toBe(true);
    await media.stopScreen();
    expect(sent).toEqual([
      ["video", screen],
      ["video", camera],
    ]);
    expect(changes).toEqual([
      [camera, microphone],
      [screen, microphone],
      [camera, microphone],
    ]);
    expect([screen.isStopped, camera.isStopped, media.sharesScreen]).toEqual([true, false, false]);
  });

  it("ends when the user ends it in the browser's bar", async () => {
    const { media, camera, screen, sent } = setUp();
    await media.open();
    await media.shareScreen(true);
    screen.dispatchEvent(new Event("ended"));
    await soon(() => expect(sent.at(-1)).toEqual(["video", camera]));
  });

  it("leaves the camera as it was when the user chooses none", async () => {
    const denied = Object.assign(new Error("no"), { name: "NotAllowedError" });
    const { media, sent } = setUp();
    const refused = setUp({
      source: {
        getUserMedia: () => Promise.resolve(new FakeStream([new FakeTrack("video")]) as unknown as MediaStream),
        getDisplayMedia: () => Promise.reject(denied),
      },
    });
    await refused.media.open();
    await expect(refused.media.shareScreen(true)).rejects.toMatchObject({ code: "permission_denied" });
    expect([refused.media.sharesScreen, refused.sent]).toEqual([false, []]);
    await expect(media.shareScreen(true)).rejects.toMatchObject({ code: "browser_failed" });
    expect(sent).toEqual([]);
  });

  it("is stopped with the connection, and a stream of the caller's is not", async () => {
    const camera = new FakeTrack("video");
    const { media, screen } = setUp({ media: new FakeStream([camera]) as unknown as MediaStream });
    await media.open();
    await media.shareScreen(true);
    media.close();
    expect([screen.isStopped, camera.isStopped]).toEqual([true, false]);
  });
});
