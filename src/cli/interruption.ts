/** Ctrl-C, or the end asked for by another process. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  /** @param left what is left of the work, for the person */
  constructor(signal: NodeJS.Signals, left: string) {
    super(`ended by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}; ${left}`);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` with a signal that Ctrl-C aborts, so that it can clean up; a second Ctrl-C ends the program at once.
 * @param left what is left of the work then, for the person
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  left = 'the records written so far are kept',
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nswarmboot: cleaning up ... (Ctrl-C again ends at once)\n');
    controller.abort(new Interruption(signal, left));
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}
