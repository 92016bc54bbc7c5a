import { RunFailure } from '../../../failure.ts';

/**
 * No step beside the transfer takes so long on any computer that is fit for the run [ms]. The longest is that of a server
 * that hashes its image: at 200 MB/s it comes to the end of 120 GB.
 */
export const LONGEST_STEP_MS = 600_000;

/** A step of a run that is no part of its transfer, which has limits of its own. */
interface Step {
  /** Where it is taken. */
  readonly host: string;
  /** As in `its warm-up`. */
  readonly name: string;
  /** Default: `LONGEST_STEP_MS`. */
  readonly limitMs?: number;
}

/** Resolves as the work does. Rejects as it does, or with a RunFailure (`LAB_STEP`) where it is not over in time. */
export async function withinLimit<Result>(
  work: Promise<Result>,
  { host, name, limitMs = LONGEST_STEP_MS }: Step,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const sentence = `${host}: ${name} was not over after ${limitMs / 1000} s`;
  // Whoever does the work keeps this process alive; where that has been given up, nobody waits for the limit.
  const timer = setTimeout(() => late.reject(new RunFailure('LAB_STEP', sentence)), limitMs).unref();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
