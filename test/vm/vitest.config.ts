import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/vm/**/*.test.ts'],
    // One boot image and one golden disk for all.
    globalSetup: ['test/vm/golden-lab.ts'],
    // Real firmware, emulated on two shared cores: a limit against hanging, not a bound on speed.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // Four machines at a time are enough.
    maxWorkers: 1,
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', './tools/second-tries-reporter.ts'],
  },
});
