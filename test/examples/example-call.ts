import { type TestPeer, silence, speak } from "fastrtc/testing";

/** How long an answer may take on a busy machine, in milliseconds. */
const PATIENCE_MS = 20_000;

/** A peer, whatever its additional inputs. */
export type Caller = Pick<TestPeer, "sendAudio" | "ended" | "errors" | "turns" | "outputs" | "heard">;

/** Says something, by espeak-ng. */
export async function say(caller: Caller, words: string): Promise<void> {
  await caller.sendAudio(await speak(words));
}

/** Is silent, as a microphone is, until something is so. */
export async function waitUntil(caller: Caller, isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS && !caller.ended; waitedMs += 100) {
    if (isSo()) return;
    await caller.sendAudio(silence(100));
  }
  if (isSo()) return;
  const { errors, turns, ended } = caller;
  const state = { heard: caller.heard.sounds(), outputs: outputsOf(caller), errors, turns, ended };
  throw new Error(`What was waited for did not happen: ${JSON.stringify(state)}`);
}

/**
 * Says something over what the caller hears.
 * @returns From when on there was silence, and when the last half of a second of what was said began, in milliseconds.
 */
export async function sayOver(
  caller: Caller & Pick<TestPeer, "connectedMs">,
  words: string,
): Promise<{ readonly silentFromMs: number; readonly lastWordMs: number }> {
  const onsetMs = caller.connectedMs;
  await say(caller, words);
  const spokenOver = caller.heard.sounds().findLast(({ fromMs }) => fromMs < onsetMs);
  return { silentFromMs: spokenOver?.toMs ?? 0, lastWordMs: caller.connectedMs - 500 };
}

/** What its handler gave besides sound. */
export function outputsOf(caller: Caller): readonly unknown[] {
  return caller.outputs.map(({ value }) => value.args[0]);
}

/** How much sound it has heard, in milliseconds. */
export function heardMs(caller: Caller): number {
  return caller.heard.sounds().reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
