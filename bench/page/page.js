import { connectWebRtc } from "./connect.js";
import { ReturnedVideo } from "./returned-video.js";
import { SentTones } from "./sent-tones.js";
import { SentVideo, preparePictures } from "./sent-video.js";

/**
 * What the harness calls in the page. `start` connects and begins to record; `take` hands over what was recorded
 * since the last `take`; `stop` ends the call.
 */
const pictures = preparePictures();

// A headless browser without animation composes whenever it likes. A running one keeps it to the display's 60 refreshes
// per second, as a screen does.
requestAnimationFrame(function keepRefreshing() {
  requestAnimationFrame(keepRefreshing);
});

let call;

globalThis.bench = {
  async start({ target, codec, iceServers }) {
    const sent = new SentVideo(pictures);
    const video = document.querySelector("#returned");
    call = { sent, samples: [], firstPictureMs: undefined };
    video.srcObject = null;
    const { samples } = call;
    sent.start();
    const clickedAtMs = performance.now();
    call.returned = new ReturnedVideo(video, (picture) => {
      if (picture.number !== undefined) call.firstPictureMs ??= performance.now() - clickedAtMs;
      samples.push({ ...picture, drawnAtMs: sent.drawnAtMs(picture.number ?? 0) });
    });
    call.connection = await connectWebRtc({ target, codec, iceServers, track: sent.track, element: video });
  },

  async take() {
    const stats = await call.connection.getStats();
    return {
      nowMs: performance.now(),
      framesDrawn: call.sent.framesDrawn,
      captionContrast: call.returned.captionContrast(),
      samples: call.samples.splice(0),
      stats: [...stats.values()],
    };
  },

  /** Resolves to the milliseconds from the click to the first picture that came back. */
  async firstPictureMs() {
    while (call.firstPictureMs === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    return call.firstPictureMs;
  },

  stop() {
    call.returned.stop();
    call.sent.stop();
    call.connection.close();
  },

  /** The same with sound: it is sent, and what comes back is played. */
  async startSound({ target }) {
    const sent = new SentTones();
    const element = document.querySelector("#heard");
    const connection = await connectWebRtc({ target, track: sent.track, element });
    call = { sent, connection };
  },

  async takeSound() {
    const stats = await call.connection.getStats();
    return { nowMs: performance.now(), stats: [...stats.values()] };
  },

  stopSound() {
    call.sent.stop();
    call.connection.close();
  },
};
