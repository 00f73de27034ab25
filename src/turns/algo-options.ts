/** FastRTC's options of the rule by which a pause ends a turn. */
export interface AlgoOptions {
  /**
   * By how much silence a turn ends, in seconds. FastRTC looks at blocks of this length and needs a silent one; here silence is measured as it
   * passes, and this much ends a turn, a third of it where the voice sounds finished. 0.1 to 10. @default 0.6
   */
  audioChunkDuration?: number;
  /** How many seconds of speech within `audioChunkDuration` begin a turn; less is a cough. @default 0.2 */
  startedTalkingThreshold?: number;
  /** How many seconds of speech do not break a silence: a click, or the end of a breath. @default 0.1 */
  speechThreshold?: number;
  /** After how many seconds of it a turn is answered though nobody paused. 300 at most. @default Infinity: 300 */
  maxContinuousSpeechS?: number;
}

/** Who may be heard when. */
export type Duplex =
  /** The caller always: speaking over a reply interrupts it. */
  | "full"
  /** The caller while no reply sounds: what a loudspeaker gives back to the microphone is not taken for the caller. */
  | "half"
  /** The caller while a key is held: `{"type":"talk","data":"start"}` and `"stop"` from the front end. */
  | "push-to-talk";

/** What FastRTC has no options for. All times in milliseconds. */
export interface TurnOptions {
  /** Who may be heard when. @default "full" */
  duplex?: Duplex;
  /** How much sound before the first word belongs to a turn, so that no first syllable is lost. 0 to 2000. @default 400 */
  preRollMs?: number;
  /** After how much speech over a reply it falls silent: two windows of the detector. @default 64 */
  holdAfterMs?: number;
  /** After how much speech over a reply it is cancelled; a reply interrupted by less goes on. @default 608 */
  interruptAfterMs?: number;
  /** How much silence after that little speech has the reply go on. @default 224 */
  resumeAfterMs?: number;
  /**
   * How soon after a turn's last word speech goes on with that turn, although its reply had begun to sound: the next call is given
   * both together. While no reply sounds, speech always does. @default 1200
   */
  continueWithinMs?: number;
  /** For how long after a reply in half duplex the caller is not heard. @default 200 */
  echoTailMs?: number;
}
