import type { AnswerWatch } from '../../bench/index.ts';
import type { Bench } from '../bench-door.ts';
import { ProgressBars } from './progress-bars.ts';
import { ProgressLines } from './progress-lines.ts';

/** Shows how far a command is; it is closed before anything else is printed. */
export interface Progress extends Omit<AnswerWatch, 'signal'> {
  close(): void;
}

/** Bars on a terminal, plain lines elsewhere. */
export function progressOn(stream: NodeJS.WriteStream, bench: Bench): Progress {
  return stream.isTTY ? new ProgressBars(stream, bench) : new ProgressLines(stream, bench);
}
