import { toError } from "../errors.ts";
import { AdditionalOutputs } from "../session/additional-outputs.ts";
import { CloseStream } from "../session/close-stream.ts";
import type { Emission, HandlerSession } from "../session/peer-handler.ts";
import { attempt } from "./attempt.ts";
import { emissionsOf, type MediaKind } from "./emitted.ts";

/** How many values without media a handler may give without a rest. */
export const MAX_WITHOUT_REST = 50;

export interface EmissionsOptions<Media> {
  readonly session: HandlerSession;
  readonly kind: MediaKind<Media>;
  /** Whether media are given on; what a handler says beside them always is. @default true */
  readonly givesMedia?: boolean;
  /** Called with a medium before it is given on; what it returns is given on in its place. */
  readonly before?: (media: Media) => Media | Promise<Media>;
  /** Waits when there was nothing to give, so that a handler that never has anything is not called without end. */
  readonly rest: () => unknown;
}

/**
 * What a session is to be given of the values that a handler gave: parsed, in their time, with what cannot be used
 * reported.
 */
export async function* emissionsOfValues<Media>(
  values: AsyncIterable<unknown> | Iterable<unknown>,
  { session, kind, givesMedia = true, before, rest }: EmissionsOptions<Media>,
): AsyncGenerator<Emission<Media>, void, undefined> {
  let withoutRest = 0;
  for await (const value of values) {
    let count = 0;
    for (const emission of parseEmissions(value, kind, session)) {
      if (session.signal.aborted) return;
      if (emission instanceof AdditionalOutputs || emission instanceof CloseStream) {
        count += 1;
        withoutRest += 1;
        yield emission;
      } else if (givesMedia) {
        count += 1;
        withoutRest = 0;
        const media = before ? await attempt(session, () => before(emission)) : emission;
        if (session.signal.aborted) return;
        if (media !== undefined) yield media;
      }
    }
    if (count > 0 && withoutRest < MAX_WITHOUT_REST) continue;
    withoutRest = 0;
    await rest();
  }
}

/** What a session is to be given of one value; what cannot be used is reported. */
export function parseEmissions<Media>(
  value: unknown,
  kind: MediaKind<Media>,
  session: HandlerSession,
): readonly Emission<Media>[] {
  try {
    return emissionsOf(value, kind);
  } catch (thrown) {
    session.reportError(toError(thrown));
    return [];
  }
}
