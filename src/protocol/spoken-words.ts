/** What a caller hears of a recorded voice: before and after the stream, and when no place is free. */
export const SPOKEN_WORDS = {
  greeting: "Connecting to the AI assistant.",
  farewell: "The call has been disconnected.",
  busy: "All lines are busy. Please call again later.",
} as const;
