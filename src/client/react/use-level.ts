import { useEffect, useState } from "react";
import { watchAudioLevel } from "../audio-level.ts";

/** How loud a stream is, about 15 times a second, from 0 (silence) to 1 (full scale); 0 without a stream. */
export function useLevel(stream: MediaStream | undefined): number {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    if (!stream) return undefined;
    const abort = new AbortController();
    watchAudioLevel(stream, setLevel, abort.signal);
    return () => {
      abort.abort();
      setLevel(0);
    };
  }, [stream]);
  return level;
}
