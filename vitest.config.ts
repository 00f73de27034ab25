import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    retry: 0,
    maxWorkers: 2,
    // Patience for a busy machine: it costs nothing where a test passes.
    testTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: ["test/browser/**"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          // Two browsers at once would starve each other of frames on a small machine.
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
