/** Ctrl-C, or the end asked for by another process. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}; the records written so far are kept`);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` with a signal that Ctrl-C aborts, so that it can clean up; a second Ctrl-C ends the program at once.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nswarmboot: cleaning up ... (Ctrl-C again ends at once)\n');
    controller.abort(new Interruption(signal));
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}
