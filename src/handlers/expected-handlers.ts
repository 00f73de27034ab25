/**
 * What `handler` is for each modality and mode: the text of the compile error and of the error at run time for one that does
 * not fit.
 */
export const EXPECTED_HANDLERS = {
  video: {
    "send-receive":
      "Modality 'video' in mode 'send-receive' takes a function (frame, ...inputs) => VideoFrame, or a VideoStreamHandler of one. A generator without a frame is only for mode 'receive', a StreamHandler only for modality 'audio'.",
    send: "Modality 'video' in mode 'send' takes a function (frame, ...inputs) => AdditionalOutputs | void, or a VideoStreamHandler of one. A generator without a frame is only for mode 'receive', a StreamHandler only for modality 'audio'.",
    receive:
      "Modality 'video' in mode 'receive' takes a generator function* (...inputs) that yields VideoFrames, or a VideoStreamHandler of one. There is no frame to take: a function of a frame is only for modes 'send-receive' and 'send'.",
  },
  audio: {
    "send-receive":
      "Modality 'audio' in mode 'send-receive' takes a StreamHandler made with new: new ReplyOnPause(...), or an instance of a subclass of yours. A generator is only for mode 'receive', a function of a frame only for modality 'video'.",
    send: "Modality 'audio' in mode 'send' takes a StreamHandler made with new: new ReplyOnPause(...), or an instance of a subclass of yours. A generator is only for mode 'receive', a function of a frame only for modality 'video'.",
    receive:
      "Modality 'audio' in mode 'receive' takes a generator function* (...inputs) that yields [sampleRate, samples]. A StreamHandler is only for modes 'send-receive' and 'send'.",
  },
  "audio-video": {
    "send-receive":
      "Modality 'audio-video' takes an AudioVideoStreamHandler made with new: an instance of a subclass of yours. A StreamHandler is only for modality 'audio', a function of a frame only for modality 'video'.",
    send: "Modality 'audio-video' takes an AudioVideoStreamHandler made with new: an instance of a subclass of yours. A StreamHandler is only for modality 'audio', a function of a frame only for modality 'video'.",
    receive:
      "Modality 'audio-video' takes an AudioVideoStreamHandler made with new: an instance of a subclass of yours. A StreamHandler is only for modality 'audio', a generator only for modality 'audio' or 'video'.",
  },
} as const;
