/** Asks for a `websocket:notify` with this name once all sound sent so far has been played. */
export function encodeVonageNotify(name: string): string {
  return JSON.stringify({ action: "notify", payload: { name } });
}

/** Drops the sound that has not been played yet. */
export function encodeVonageClear(): string {
  return '{"action":"clear"}';
}
