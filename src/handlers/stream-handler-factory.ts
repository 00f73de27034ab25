import { FastRtcError, toError } from "../errors.ts";
import type { Mode } from "../session/modality.ts";
import type { PeerHandler, PeerHandlerFactory } from "../session/peer-handler.ts";
import { describe } from "./emitted.ts";
import { StreamHandler } from "./stream-handler.ts";
import { streamPeerHandler } from "./stream-peer-handler.ts";

export interface StreamHandlerFactoryOptions {
  readonly mode: Mode;
  /** Whether the handler is used for pictures as well as for sound. */
  readonly video: boolean;
}

/** The members that every StreamHandler is born with; others are state of its own. */
const BASE_MEMBERS: ReadonlySet<string> = new Set(["expectedLayout", "outputSampleRate", "inputSampleRate", "fps"]);

/**
 * Copies a StreamHandler for each peer.
 * @throws {FastRtcError} `invalid_option` when a method is missing, which only JavaScript lets happen.
 */
export function streamHandlerFactory(
  template: StreamHandler,
  { mode, video }: StreamHandlerFactoryOptions,
): PeerHandlerFactory {
  const methods = video ? ["receive", "emit", "videoReceive", "videoEmit"] : ["receive", "emit"];
  assertMethods(template, methods);
  assertCopy(template);
  const { inputSampleRate, outputSampleRate } = template;
  const given = new WeakSet<object>([template]);
  return {
    audioRates: { inputSampleRate, outputSampleRate },
    create() {
      try {
        const handler: unknown = template.copy();
        assertOwn(template, handler, given);
        assertMethods(handler, methods);
        given.add(handler);
        return streamPeerHandler(handler, { mode, video });
      } catch (thrown) {
        return unmade(toError(thrown));
      }
    },
  };
}

/** A handler that could not be made, and says so to the peer and the log. */
function unmade(error: Error): PeerHandler {
  return {
    startUp() {
      throw error;
    },
  };
}

function assertMethods(handler: StreamHandler, methods: readonly string[]): void {
  const missing = methods.filter((method) => typeof Reflect.get(handler, method) !== "function");
  if (missing.length === 0) return;
  throw invalid(
    `${nameOf(handler)} has no method ${missing.join(" and no method ")}. Each of its kind has to have one.`,
  );
}

function assertCopy(handler: StreamHandler): void {
  if (typeof Reflect.get(handler, "copy") === "function") return;
  const state = Object.keys(handler).filter((key) => !BASE_MEMBERS.has(key));
  const held = state.length > 0 ? `, which would mix up what it holds of each (${state.join(", ")})` : "";
  throw invalid(
    `${nameOf(handler)} has no method copy, so that all peers would share one handler${held}. ` +
      `Write copy() { return new ${nameOf(handler)}(...); }, with what the constructor needs.`,
  );
}

function assertOwn(
  template: StreamHandler,
  handler: unknown,
  given: WeakSet<object>,
): asserts handler is StreamHandler {
  if (!(handler instanceof StreamHandler)) {
    throw invalid(`${nameOf(template)}.copy() returned ${describe(handler)}. It has to return a new handler.`);
  }
  if (given.has(handler)) {
    const whose = handler === template ? "the handler itself" : "a handler that another peer has already";
    throw invalid(`${nameOf(template)}.copy() returned ${whose}. Each peer needs a new one.`);
  }
}

function nameOf(handler: StreamHandler): string {
  return handler.constructor.name || "The handler";
}

function invalid(message: string): FastRtcError {
  return new FastRtcError("invalid_option", message);
}
