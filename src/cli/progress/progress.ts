import type { AnswerWatch } from '../../bench/index.ts';

/** Shows how far a command is; it is closed before anything else is printed. */
export interface Progress extends Omit<AnswerWatch, 'signal'> {
  close(): void;
}
