import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { BANDS, type BandReader, readBands } from "./sound-bands.ts";

interface VoiceWaveProps {
  input: MediaStream | undefined;
  output: MediaStream | undefined;
  isMuted: boolean;
}

/** Both voices as they sound: each a row of bars, the lowest pitch in the middle, told apart by color. */
export function VoiceWave({ input, output, isMuted }: VoiceWaveProps): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? drawVoices(canvas.current, { input, output }) : undefined), [input, output]);
  return (
    <div class="wave">
      <canvas ref={canvas} class="wave-canvas" aria-hidden="true" />
      <p class="wave-legend">
        {input && <span class="wave-name wave-you">{isMuted ? "You, muted" : "You"}</span>}
        {output && <span class="wave-name wave-reply">Reply</span>}
      </p>
    </div>
  );
}

interface Voice {
  readonly bands: BandReader;
  /** The custom property of the style sheet with its color. */
  readonly color: string;
}

/** Draws with the screen until the function returned is called. */
function drawVoices(
  canvas: HTMLCanvasElement,
  { input, output }: Pick<VoiceWaveProps, "input" | "output">,
): () => void {
  const voices: readonly Voice[] = [
    ...(hasSound(output) ? [{ bands: readBands(output), color: "--wave-reply" }] : []),
    ...(hasSound(input) ? [{ bands: readBands(input), color: "--wave-you" }] : []),
  ];
  const context = canvas.getContext("2d");
  let handle = 0;
  const draw = (): void => {
    handle = requestAnimationFrame(draw);
    if (context) drawBars(context, voices);
  };
  draw();
  return () => {
    cancelAnimationFrame(handle);
    for (const { bands } of voices) bands[Symbol.dispose]();
  };
}

function drawBars(context: CanvasRenderingContext2D, voices: readonly Voice[]): void {
  const { canvas } = context;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const pitch = width / (2 * BANDS);
  const thickness = Math.min(10, pitch * 0.56);
  context.lineCap = "round";
  for (const [index, { bands, color }] of voices.entries()) {
    // The second voice lies upon the first, thinner, so that both can be seen when both speak.
    context.lineWidth = index === 0 ? thickness : thickness * 0.5;
    context.strokeStyle = style.getPropertyValue(color);
    context.beginPath();
    for (const [band, level] of bands.read().entries()) {
      const half = (level * (height - thickness)) / 2;
      for (const side of [-1, 1]) {
        const x = width / 2 + side * (band + 0.5) * pitch;
        context.moveTo(x, height / 2 - half);
        context.lineTo(x, height / 2 + half + 0.01); // A line without length would not be drawn.
      }
    }
    context.stroke();
  }
}

function hasSound(stream: MediaStream | undefined): stream is MediaStream {
  return stream !== undefined && stream.getAudioTracks().length > 0;
}
