/** How long each fuzz target runs, in seconds: FUZZ_SECONDS, or a few in an ordinary run of the tests. */
const FUZZ_S = Number(process.env.FUZZ_SECONDS ?? 5);

/**
 * Runs a property until the time is up. What fails is shrunk and printed with its random seed and path as ever; at least
 * one run is made, however slow the machine.
 */
export const UNTIL_TIME_IS_UP = {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: FUZZ_S * 1000,
  markInterruptAsFailure: false,
} as const;

/** A limit against hanging for a test that fuzzes [ms]. */
export const FUZZ_TIMEOUT_MS = FUZZ_S * 1000 + 120_000;
