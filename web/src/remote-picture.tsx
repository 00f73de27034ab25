import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSpeaker } from "./use-speaker.ts";

interface RemotePictureProps {
  stream: MediaStream;
  isVisible: boolean;
  muted: boolean;
  speakerId: string | undefined;
  onFirstPicture: () => void;
  onRatio: (ratio: number) => void;
}

/** What the server sends back. */
export function RemotePicture({
  stream,
  isVisible,
  muted,
  speakerId,
  onFirstPicture,
  onRatio,
}: RemotePictureProps): VNode {
  const element = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    const video = element.current;
    if (!video) return undefined;
    video.srcObject = stream;
    const cancel = onNextPicture(video, onFirstPicture);
    return () => {
      cancel();
      video.srcObject = null;
    };
  }, [stream, onFirstPicture]);

  useSpeaker(element, speakerId);

  return (
    <video
      ref={element}
      class="picture"
      data-visible={isVisible}
      autoplay
      playsInline
      muted={muted}
      aria-label="The picture that comes back"
      onResize={({ currentTarget: { videoWidth, videoHeight } }) => {
        if (videoWidth > 0 && videoHeight > 0) onRatio(videoWidth / videoHeight);
      }}
    />
  );
}

/** Calls back once, when the next picture is on the screen; where a browser cannot tell, when it is decoded. */
function onNextPicture(video: HTMLVideoElement, callback: () => void): () => void {
  if ("requestVideoFrameCallback" in video) {
    const handle = video.requestVideoFrameCallback(callback);
    return () => video.cancelVideoFrameCallback(handle);
  }
  const element: EventTarget = video;
  element.addEventListener("loadeddata", callback, { once: true });
  return () => element.removeEventListener("loadeddata", callback);
}
