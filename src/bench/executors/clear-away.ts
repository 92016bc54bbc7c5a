import type { RunWatch } from './executor.ts';

/**
 * Resolves when what a run has made is cleared away, or could not be: that is no reason to throw away what was measured,
 * so somebody is told.
 */
export async function clearedAway(
  closing: Promise<void> | undefined,
  watch: Pick<RunWatch, 'personAsked'>,
): Promise<void> {
  await closing?.catch(({ message }: Error) =>
    watch.personAsked?.(`Not everything that a run has made could be removed; look after it: ${message}`),
  );
}
