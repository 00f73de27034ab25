import { toError } from "../errors.ts";
import { AdditionalOutputs } from "./additional-outputs.ts";
import { CloseStream } from "./close-stream.ts";
import type { Emission, Emissions } from "./peer-handler.ts";

/** Where a pump puts what a handler gives. */
export interface PumpTarget<Media> {
  /** Whether nothing is taken any more. */
  readonly hasEnded: () => boolean;
  /** Takes a medium; a promise says when there is room for the next. May throw. */
  readonly send: (media: Media) => Promise<void> | undefined;
  readonly publish: (outputs: AdditionalOutputs) => void;
  /** Resolves when all that was sent has been played. @default at once */
  readonly finish?: () => Promise<void>;
  /** The handler wants the stream to end, and has been heard to the end. */
  readonly close: (message: string) => void;
  readonly reportError: (error: Error) => void;
}

/** Takes from a handler what it gives until there is no more. Rejects with what has ended the handler. */
export async function pump<Media>(emissions: Emissions<Media>, target: PumpTarget<Media>): Promise<void> {
  if ("pushTo" in emissions) {
    await emissions.pushTo((emission) => take(emission, target));
  } else {
    for await (const emission of emissions) {
      if (target.hasEnded()) return;
      const taking = take(emission, target);
      if (taking) await taking;
      if (emission instanceof CloseStream) return;
    }
  }
  await target.finish?.();
}

/** Puts one emission where it belongs. The promise, for when there is room for the next, never rejects. */
function take<Media>(emission: Emission<Media>, target: PumpTarget<Media>): Promise<void> | undefined {
  if (target.hasEnded()) return undefined;
  if (emission instanceof AdditionalOutputs) {
    target.publish(emission);
    return undefined;
  }
  if (emission instanceof CloseStream) return closeAfter(emission, target);
  try {
    return target.send(emission)?.catch((thrown: unknown) => target.reportError(toError(thrown)));
  } catch (thrown) {
    target.reportError(toError(thrown)); // A frame that was already released, or an encoder that failed: the next one may do.
    return undefined;
  }
}

/** The last words of a handler are heard. */
async function closeAfter<Media>({ message }: CloseStream, { finish, close }: PumpTarget<Media>): Promise<void> {
  await finish?.();
  close(message);
}
