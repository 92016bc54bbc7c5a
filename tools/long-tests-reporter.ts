import type { Reporter, TestModule } from 'vitest/node';

const LOOK_EVERY_MS = 60_000;
const LONG_MS = 300_000;

/**
 * Names the test files that run for long: one whose code never comes back to the event loop can neither be ended by its
 * time limit nor say where it is.
 */
export default class LongTestsReporter implements Reporter {
  readonly #started = new Map<string, number>();
  #looking: NodeJS.Timeout | undefined;

  onTestRunStart(): void {
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  onTestModuleStart(module: TestModule): void {
    this.#started.set(module.relativeModuleId, Date.now());
  }

  onTestModuleEnd(module: TestModule): void {
    this.#started.delete(module.relativeModuleId);
  }

  onTestRunEnd(): void {
    clearInterval(this.#looking);
  }

  #look(): void {
    for (const [file, sinceMs] of this.#started) {
      const minutes = Math.round((Date.now() - sinceMs) / 60_000);
      if (Date.now() - sinceMs >= LONG_MS) process.stdout.write(`   ${file} has run for ${minutes} min\n`);
    }
  }
}
