import type { Modality, Mode } from "../session/modality.ts";
import type { AudioSource } from "./audio-source.ts";
import type { AudioVideoStreamHandler } from "./audio-video-stream-handler.ts";
import type { EXPECTED_HANDLERS } from "./expected-handlers.ts";
import type { StreamHandler } from "./stream-handler.ts";
import type { TakesInputs } from "./takes-inputs.ts";
import type { VideoFunction } from "./video-function.ts";
import type { VideoSource } from "./video-source.ts";
import type { VideoStreamHandler } from "./video-stream-handler.ts";
import type { WorkerHandler } from "./worker-handler.ts";

declare const expected: unique symbol;

/** Nothing is of this type: it stands where handlers do, so that a compile error says in words what is expected there. */
export interface ExpectedHandler<Sentence extends string> {
  readonly [expected]: Sentence;
}

/** The type of `handler` for a modality, a mode and additional inputs. */
export type HandlerFor<
  M extends Modality,
  ModeOfStream extends Mode,
  Inputs extends readonly unknown[],
> = HandlersByMode<Inputs>[M][ModeOfStream];

type Sentences = typeof EXPECTED_HANDLERS;

/** Looked up and not computed: TypeScript infers the arguments of functions in a type that it can look up. */
interface HandlersByMode<Inputs extends readonly unknown[]> {
  readonly video: {
    readonly "send-receive":
      | VideoFunction<Inputs>
      | FittingVideo<Inputs>
      | WorkerHandler
      | ExpectedHandler<Sentences["video"]["send-receive"]>;
    readonly send:
      | VideoFunction<Inputs>
      | FittingVideo<Inputs>
      | WorkerHandler
      | ExpectedHandler<Sentences["video"]["send"]>;
    readonly receive:
      | VideoSource<Inputs>
      | FittingVideo<Inputs>
      | WorkerHandler
      | ExpectedHandler<Sentences["video"]["receive"]>;
  };
  readonly audio: {
    readonly "send-receive": FittingAudio<Inputs> | ExpectedHandler<Sentences["audio"]["send-receive"]>;
    readonly send: FittingAudio<Inputs> | ExpectedHandler<Sentences["audio"]["send"]>;
    readonly receive: AudioSource<Inputs> | ExpectedHandler<Sentences["audio"]["receive"]>;
  };
  readonly "audio-video": {
    readonly "send-receive": FittingAudioVideo<Inputs> | ExpectedHandler<Sentences["audio-video"]["send-receive"]>;
    readonly send: FittingAudioVideo<Inputs> | ExpectedHandler<Sentences["audio-video"]["send"]>;
    readonly receive: FittingAudioVideo<Inputs> | ExpectedHandler<Sentences["audio-video"]["receive"]>;
  };
}

type AudioMembers = "receive" | "emit" | "startUp" | "shutdown" | "clearQueue" | "inputSampleRate" | "outputSampleRate";

/** A VideoStreamHandler that takes these inputs. */
interface FittingVideo<Inputs extends readonly unknown[]>
  extends TakesInputs<Inputs>, Pick<VideoStreamHandler, "callable" | "fps" | "skipFrames"> {}

/** A StreamHandler that takes these inputs. */
interface FittingAudio<Inputs extends readonly unknown[]>
  extends TakesInputs<Inputs>, Pick<StreamHandler, AudioMembers> {}

/** An AudioVideoStreamHandler that takes these inputs. */
interface FittingAudioVideo<Inputs extends readonly unknown[]>
  extends TakesInputs<Inputs>, Pick<AudioVideoStreamHandler, AudioMembers | "videoReceive" | "videoEmit"> {}
