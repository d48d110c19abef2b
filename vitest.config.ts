import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["{apps,packages,tests,tools,lab}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "tests/e2e/**"],
          globalSetup: ["apps/server/src/platform/database/testing/global-setup.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.e2e.ts"],
          exclude: ["**/node_modules/**"],
          // Each starts a whole Gatehouse and a browser, on a machine with two cores.
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
