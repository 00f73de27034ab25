import { defineConfig } from "vitest/config";

/** One file for every way in which a test can end; `npm test` itself never sees them. */
export default defineConfig({ test: { root: import.meta.dirname, include: ["*.outcome.ts"] } });
