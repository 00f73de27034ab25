import { vi } from "vitest";

/** Resolves when `check` throws no more. By itself `vi.waitFor` loses its patience after a second, which a busy machine needs. */
export function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, { interval: 2, timeout: 20_000 });
}
