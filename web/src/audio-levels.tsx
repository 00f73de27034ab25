import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { watchAudioLevel } from "../../src/client/index.ts";

interface AudioLevelsProps {
  input: MediaStream | undefined;
  output: MediaStream | undefined;
  isVisible: boolean;
  onFirstSound: () => void;
}

/** Plays what comes back, and shows how loud both sides are. */
export function AudioLevels({ input, output, isVisible, onFirstSound }: AudioLevelsProps): VNode {
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    if (player.current) player.current.srcObject = output ?? null;
  }, [output]);
  return (
    <div class="levels" data-visible={isVisible}>
      {output && <audio ref={player} autoplay onPlaying={onFirstSound} />}
      {input && <Level stream={input} label="You" />}
      {output && <Level stream={output} label="Reply" />}
    </div>
  );
}

function Level({ stream, label }: { stream: MediaStream; label: string }): VNode {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const abort = new AbortController();
    // Written straight into the element: fifteen times a second is no state of the page.
    watchAudioLevel(stream, (level) => meter.current?.style.setProperty("--level", level.toFixed(2)), abort.signal);
    return () => abort.abort();
  }, [stream]);
  return (
    <div class="level" ref={meter}>
      <span class="level-circle" aria-hidden="true" />
      <span>{label}</span>
    </div>
  );
}
