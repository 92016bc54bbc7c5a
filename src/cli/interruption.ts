/** Ctrl-C, or the end asked for by another process. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly signal: NodeJS.Signals;

  /** @param left what is left of the work, for the person */
  constructor(signal: NodeJS.Signals, left: string) {
    super(`ended by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}; ${left}`);
    this.signal = signal;
  }
}

/** Bars hide the one and end the other. */
const CURSOR_AND_WRAP_BACK = '\x1b[?25h\x1b[?7h';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` with a signal that Ctrl-C aborts, so that it can clean up; a second Ctrl-C ends the program at once.
 * @param left what is left of the work then, for the person; a function is asked at that moment
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  left: string | (() => string) = 'the records written so far are kept',
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (process.stderr.isTTY) process.stderr.write(CURSOR_AND_WRAP_BACK);
      process.exit(130);
    }
    // First: where the terminal has gone, nothing can be said.
    controller.abort(new Interruption(signal, typeof left === 'string' ? left : left()));
    process.stderr.write('\nswarmboot: cleaning up ... (Ctrl-C again ends at once)\n');
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } catch (error) {
    // What was broken off tells of it in words of its own: streams, processes, tools that got the same signal.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/** Rejects with the signal's reason as soon as it is aborted, or at once where it is. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
