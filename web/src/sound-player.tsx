import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSpeaker } from "./use-speaker.ts";

interface SoundPlayerProps {
  stream: MediaStream;
  speakerId: string | undefined;
  onFirstSound: () => void;
}

/** Plays what comes back where there is no picture that does. */
export function SoundPlayer({ stream, speakerId, onFirstSound }: SoundPlayerProps): VNode {
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    if (player.current) player.current.srcObject = stream;
  }, [stream]);
  useSpeaker(player, speakerId);
  return <audio ref={player} autoplay onPlaying={onFirstSound} />;
}
