import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Has an element play through the speaker that was chosen; through the browser's own when that one is gone. */
export function useSpeaker(element: RefObject<HTMLMediaElement | null>, speakerId: string | undefined): void {
  useEffect(() => {
    const player = element.current;
    if (!player || speakerId === undefined || !("setSinkId" in player)) return;
    player.setSinkId(speakerId).catch(() => player.setSinkId("").catch(reportError));
  }, [element, speakerId]);
}
