import { defineConfig } from "vitest/config";

// Four kinds of tests, one after the other: each needs the machine in its own way.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          include: ["packages/**/*.test.ts", "lambdas/**/*.test.ts", "scripts/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "template",
          sequence: { groupOrder: 1 },
          // Importing the CDK takes seconds: once is enough.
          isolate: false,
          fileParallelism: false,
          include: ["test/template/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "integration",
          sequence: { groupOrder: 2 },
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/support/engine-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "end-to-end",
          sequence: { groupOrder: 3 },
          include: ["test/end-to-end/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
