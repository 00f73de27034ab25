/** Calls back when the visitor has given back the camera or microphone that was blocked, until the function returned is called. */
export function onPermissionGiven(callback: () => void): () => void {
  const done = new AbortController();
  watch(callback, done.signal).catch(() => {
    // Not every browser tells of these permissions; there the visitor tries again by hand.
  });
  return () => done.abort();
}

async function watch(callback: () => void, signal: AbortSignal): Promise<void> {
  for (const name of ["camera", "microphone"] as const) {
    const status = await navigator.permissions.query({ name });
    status.addEventListener(
      "change",
      () => {
        if (status.state !== "denied") callback();
      },
      { signal },
    );
  }
}
