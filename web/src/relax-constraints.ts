/** The same wishes with nothing demanded: `exact`, `min` and `max` become `ideal`, so that the closest device will do. */
export function relaxConstraints(constraints: MediaTrackConstraints): MediaTrackConstraints {
  const relaxed: Record<string, unknown> = {};
  for (const [name, wish] of Object.entries(constraints as Record<string, unknown>)) {
    if (name === "advanced") continue;
    relaxed[name] = typeof wish === "object" && wish !== null && !Array.isArray(wish) ? relaxWish(wish) : wish;
  }
  return relaxed;
}

function relaxWish(wish: object): object {
  const { exact, ideal, min, max } = wish as Partial<Record<"exact" | "ideal" | "min" | "max", unknown>>;
  const wanted = exact ?? ideal ?? min ?? max;
  return wanted === undefined ? {} : { ideal: wanted };
}
