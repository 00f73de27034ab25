/** What the processors need of the thread that they run in. */
export interface SoundWorkletScope {
  readonly AudioWorkletProcessor: new () => { readonly port: MessagePort };
  registerProcessor(name: string, processor: new (options: PlayerInit) => SoundProcessor): void;
}

/** What the browser calls for every 128 samples. */
export interface SoundProcessor {
  process(inputs: readonly (readonly Float32Array[])[], outputs: readonly (readonly Float32Array[])[]): boolean;
}

/** The options of a player. */
export interface PlayerOptions {
  readonly channels: number;
  /** How many samples are waited for when it was silent, so that the next ones may be late. */
  readonly startFrames: number;
  /** With more samples than this, quiet pieces are left out; Infinity for never. */
  readonly lateFrames: number;
  /** More samples than this are never held: the oldest are dropped. */
  readonly maxFrames: number;
}

interface PlayerInit {
  readonly processorOptions: PlayerOptions;
}

/**
 * Defines the processors `fastrtc-recorder` and `fastrtc-player`. It runs in a thread of its own and is brought there as text,
 * so that it uses nothing from around it and no syntax that a compiler replaces by helpers.
 *
 * The recorder posts pieces of 20 ms, the mean of its channels. The player takes pieces of interleaved samples, plays them in a row, and
 * takes `"clear"`. When it runs dry, it begins again with a little more in hand.
 */
export function defineSoundProcessors(scope: SoundWorkletScope, sampleRate: number): void {
  const { AudioWorkletProcessor } = scope;

  const record = (port: MessagePort): SoundProcessor["process"] => {
    let piece = new Float32Array(Math.round(sampleRate / 50));
    let filled = 0;
    return ([channels = []]) => {
      const [first] = channels;
      if (!first) return true;
      for (let frame = 0; frame < first.length; frame += 1) {
        let sum = 0;
        for (const channel of channels) sum += channel[frame] ?? 0;
        piece[filled] = sum / channels.length;
        filled += 1;
        if (filled < piece.length) continue;
        port.postMessage(piece, [piece.buffer]);
        piece = new Float32Array(Math.round(sampleRate / 50));
        filled = 0;
      }
      return true;
    };
  };

  const play = (port: MessagePort, options: PlayerOptions): SoundProcessor["process"] => {
    const { channels, lateFrames, maxFrames } = options;
    let { startFrames } = options;
    let pieces: Float32Array[] = [];
    let at = 0; // In the first piece.
    let waiting = 0;
    let isPlaying = false;
    const isLate = (): boolean => at === 0 && waiting > lateFrames;
    const dropFirst = (): void => {
      const first = pieces.shift();
      if (first) waiting -= (first.length - at) / channels;
      at = 0;
    };
    const isQuiet = (piece: Float32Array): boolean => piece.every((sample) => Math.abs(sample) < 0.01);
    port.addEventListener("message", ({ data }: MessageEvent<Float32Array | "clear">) => {
      if (data === "clear") {
        pieces = [];
        at = 0;
        waiting = 0;
        isPlaying = false;
        return;
      }
      pieces.push(data);
      waiting += data.length / channels;
      const isTooMuch = (): boolean => waiting > maxFrames;
      while (isTooMuch()) dropFirst();
    });
    port.start();
    return (_inputs, [output = []]) => {
      const [first] = output;
      if (!first) return true;
      if (!isPlaying && waiting > 0 && waiting >= startFrames) isPlaying = true;
      if (!isPlaying) return true; // What is not written is silence.
      for (let frame = 0; frame < first.length; frame += 1) {
        let piece = pieces[0];
        while (piece && isLate() && isQuiet(piece)) {
          dropFirst();
          piece = pieces[0];
        }
        if (!piece) {
          isPlaying = false;
          startFrames = Math.min(startFrames * 1.5, sampleRate / 5);
          return true;
        }
        for (let channel = 0; channel < output.length; channel += 1) {
          const target = output[channel];
          if (target) target[frame] = piece[at + Math.min(channel, channels - 1)] ?? 0;
        }
        at += channels;
        waiting -= 1;
        if (at >= piece.length) dropFirst();
      }
      return true;
    };
  };

  scope.registerProcessor(
    "fastrtc-recorder",
    class extends AudioWorkletProcessor {
      declare run: SoundProcessor["process"];

      constructor() {
        super();
        this.run = record(this.port);
      }

      process(...given: Parameters<SoundProcessor["process"]>): boolean {
        return this.run(...given);
      }
    },
  );
  scope.registerProcessor(
    "fastrtc-player",
    class extends AudioWorkletProcessor {
      declare run: SoundProcessor["process"];

      constructor({ processorOptions }: PlayerInit) {
        super();
        this.run = play(this.port, processorOptions);
      }

      process(...given: Parameters<SoundProcessor["process"]>): boolean {
        return this.run(...given);
      }
    },
  );
}

/** The module of the sound thread, as text: to be served by pages that take no scripts from `blob:`. See `soundWorkletUrl`. */
export function soundWorkletSource(): string {
  // Some compilers wrap functions in a helper of this name, which is not there.
  return `const __name = (value) => value; (${String(defineSoundProcessors)})(globalThis, sampleRate);`;
}
