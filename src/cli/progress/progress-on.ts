import type { Bench } from '../bench-door.ts';
import type { Progress } from './progress.ts';
import { ProgressBars } from './progress-bars.ts';
import { ProgressLines } from './progress-lines.ts';

/** Bars on a terminal, plain lines elsewhere. */
export function progressOn(stream: NodeJS.WriteStream, bench: Bench): Progress {
  return stream.isTTY ? new ProgressBars(stream, bench) : new ProgressLines(stream, bench);
}
