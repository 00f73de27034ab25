import { FastRtcError } from "../errors.ts";
import type { Modality, Mode } from "../session/modality.ts";
import type { PeerHandlerFactory } from "../session/peer-handler.ts";
import { audioSourceHandler } from "./audio-source.ts";
import { AudioVideoStreamHandler } from "./audio-video-stream-handler.ts";
import { describe, isClass } from "./emitted.ts";
import { EXPECTED_HANDLERS } from "./expected-handlers.ts";
import { streamHandlerFactory } from "./stream-handler-factory.ts";
import { StreamHandler } from "./stream-handler.ts";
import { videoFunctionHandler } from "./video-function.ts";
import { videoSourceHandler } from "./video-source.ts";
import { VideoStreamHandler } from "./video-stream-handler.ts";
import { WorkerHandler } from "./worker-handler.ts";

export interface HandlerChoice {
  readonly handler: unknown;
  readonly modality: Modality;
  readonly mode: Mode;
  /** How many additional inputs there are. @default 0 */
  readonly inputCount?: number;
}

type Callable = (...args: readonly unknown[]) => unknown;

/**
 * Makes each peer its own handler of what a user passed as `handler`.
 * @throws {FastRtcError} `invalid_option` when that is not what this modality and mode take.
 */
export function createHandlerFactory(choice: HandlerChoice): PeerHandlerFactory {
  switch (choice.modality) {
    case "video":
      return videoFactory(choice);
    case "audio":
      return choice.mode === "receive" ? audioSourceFactory(choice) : streamFactory(choice, StreamHandler);
    case "audio-video":
      return streamFactory(choice, AudioVideoStreamHandler);
  }
}

function videoFactory(choice: HandlerChoice): PeerHandlerFactory {
  const { handler, mode } = choice;
  if (handler instanceof WorkerHandler) return { create: () => handler.createPeerHandler(mode) };
  const { fps, capacity } = handler instanceof VideoStreamHandler ? handler : {};
  const callable: unknown = handler instanceof VideoStreamHandler ? handler.callable : handler;
  if (!isCallable(callable)) throw unsuitable(choice, describe(handler));
  if (mode === "receive") {
    assertTakesInputs(choice, callable);
    return { create: () => videoSourceHandler(callable, fps) };
  }
  if (isGenerator(callable) && callable.length === 0) throw unsuitable(choice, "a generator without a frame");
  return { create: () => videoFunctionHandler(callable, mode, { fps, capacity }) };
}

function audioSourceFactory(choice: HandlerChoice): PeerHandlerFactory {
  const { handler } = choice;
  if (!isCallable(handler)) throw unsuitable(choice, describe(handler));
  assertTakesInputs(choice, handler);
  return { create: () => audioSourceHandler(handler) };
}

function streamFactory(
  choice: HandlerChoice,
  wanted: typeof StreamHandler | typeof AudioVideoStreamHandler,
): PeerHandlerFactory {
  const { handler, modality, mode } = choice;
  if (!(handler instanceof wanted)) {
    const advice = isClass(handler) && handler.prototype instanceof wanted ? `: pass new ${handler.name}()` : "";
    throw unsuitable(choice, describe(handler) + advice);
  }
  return streamHandlerFactory(handler as StreamHandler, { mode, video: modality === "audio-video" });
}

/** A function of more than the inputs expects a frame, or inputs that were not declared. */
function assertTakesInputs(choice: HandlerChoice, { length }: Callable): void {
  const { inputCount = 0 } = choice;
  if (length <= inputCount) return;
  const parameters = length === 1 ? "1 parameter" : `${length} parameters`;
  throw unsuitable(choice, `a function of ${parameters} where there are ${inputCount} additional inputs`);
}

function isCallable(value: unknown): value is Callable {
  return typeof value === "function" && !isClass(value);
}

function isGenerator(callable: Callable): boolean {
  return /Generator/.test(Object.prototype.toString.call(callable));
}

function unsuitable({ modality, mode }: HandlerChoice, given: string): FastRtcError {
  return new FastRtcError("invalid_option", `handler is ${given}. ${EXPECTED_HANDLERS[modality][mode]}`);
}
