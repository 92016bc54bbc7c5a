/** The reader of a pipe has gone, as with `| head`, or the terminal: nothing is left to be said, and work is cleaned up. */
const NOBODY_LISTENS = new Set(['EPIPE', 'EIO']);

/** Ends the process where its output cannot be written, as on a full disk: what it was asked for is not there. */
export function endWithOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', throwUnlessUnheard);
}

/**
 * From now on lines that cannot be written are dropped, and the process goes on, which says so once on standard error: for
 * a server, whose log is the least that it has to do.
 */
export function goOnWithoutOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.off('error', throwUnlessUnheard);
  process.stderr.on('error', () => {});
  process.stdout.once('error', ({ message }: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => {});
    process.stderr.write(
      `swarmboot: the log cannot be written (${message}): lines are left out, and the server goes on\n`,
    );
  });
}

function throwUnlessUnheard(error: NodeJS.ErrnoException): void {
  if (!NOBODY_LISTENS.has(error.code ?? '')) throw error;
}
