import type { Reporter, TestCase } from 'vitest/node';

/**
 * Names the tests that passed only when they were tried again, and what they said before: they are to be mended as if they
 * had failed. What runs real programs on a shared computer shall neither cost everybody a run nor go unseen.
 */
export default class SecondTriesReporter implements Reporter {
  readonly #lines: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (!test.diagnostic()?.flaky) return;
    const said = test.result().errors?.[0]?.message.split('\n')[0];
    this.#lines.push(
      `passed only when tried again: ${test.module.relativeModuleId}: ${test.fullName}: ${said}`,
    );
  }

  onTestRunEnd(): void {
    for (const line of this.#lines) process.stdout.write(`${line}\n`);
  }
}
