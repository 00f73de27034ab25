import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

/** What the camera sees: small in a corner and easily hidden, or large when nothing comes back. */
export function OwnPicture({ stream, isLarge }: { stream: MediaStream; isLarge: boolean }): VNode {
  const element = useRef<HTMLVideoElement>(null);
  const [isHidden, setHidden] = useState(false);
  const [track] = stream.getVideoTracks();
  // A camera that faces the user shows a mirror, as everybody expects; most computers do not say which way theirs faces.
  const { facingMode, displaySurface } = track?.getSettings() ?? {};
  const isMirrored = facingMode !== "environment" && displaySurface === undefined; // A screen is read, not looked into.

  useEffect(() => {
    if (element.current) element.current.srcObject = stream;
  }, [stream, isHidden]);

  const video = (
    <video
      ref={element}
      class={isLarge ? "picture" : "own-video"}
      data-visible
      data-mirrored={isMirrored}
      autoplay
      playsInline
      muted
      aria-label="Your camera"
    />
  );
  if (isLarge) return video;
  return isHidden ? (
    <button
      type="button"
      class="own-show"
      aria-label="Show my picture"
      title="Show my picture"
      onClick={() => setHidden(false)}
    >
      <Icon name="person" />
    </button>
  ) : (
    <div class="own">
      {video}
      <button
        type="button"
        class="own-hide"
        aria-label="Hide my picture"
        title="Hide my picture"
        onClick={() => setHidden(true)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
