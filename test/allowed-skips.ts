/** Tests that may be skipped, by their full name, and why. Any other skipped test counts as failed. */
export const allowedSkips: ReadonlyMap<string, string> = new Map([
  [
    "espeak-ng speaks when it is installed, so that Silero hears speech",
    "espeak-ng is a program of the system; a stand-in with its options is tested everywhere",
  ],
]);
