import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a setup of their own: `npm run test:vm`.
    exclude: [...configDefaults.exclude, 'test/vm/**'],
    // Real processes on two shared cores: a limit against hanging, not a bound on speed.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // See the reporter: shown, and never for fuzzing.
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', './tools/long-tests-reporter.ts', './tools/second-tries-reporter.ts'],
  },
});
