import { connectWebRtc } from "./connect.js";
import { ReturnedVideo } from "./returned-video.js";
import { SentVideo, preparePictures } from "./sent-video.js";

/**
 * What the harness calls in the page. `start` connects and begins to record; `take` hands over what was recorded
 * since the last `take`; `stop` ends the call.
 */
const pictures = preparePictures();
let call;

globalThis.bench = {
  async start({ target, codec }) {
    const sent = new SentVideo(pictures);
    const video = document.querySelector("#returned");
    call = { sent, samples: [], firstPictureMs: undefined };
    const { samples } = call;
    sent.start();
    const clickedAtMs = performance.now();
    call.returned = new ReturnedVideo(video, (picture) => {
      if (picture.number !== undefined) call.firstPictureMs ??= performance.now() - clickedAtMs;
      samples.push({ ...picture, drawnAtMs: sent.drawnAtMs(picture.number ?? 0) });
    });
    call.connection = await connectWebRtc({ target, codec, track: sent.track, video });
  },

  async take() {
    const stats = await call.connection.getStats();
    return {
      nowMs: performance.now(),
      framesDrawn: call.sent.framesDrawn,
      firstPictureMs: call.firstPictureMs,
      captionContrast: call.returned.captionContrast(),
      samples: call.samples.splice(0),
      stats: [...stats.values()],
    };
  },

  stop() {
    call.sent.stop();
    call.connection.close();
  },
};
