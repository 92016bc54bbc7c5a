import type { Assignment, LeftOutPlace, RunRecord } from '../../bench/index.ts';
import type { Bench } from '../bench-door.ts';
import type { Progress } from './progress.ts';
import { leftOutLine, runResult, runTitle } from './run-line.ts';
import { TimeLeft } from './time-left.ts';

/** A word on machines that are at work is said this often. */
const QUIET_MS = 10_000;

/** Plain lines, for logs and pipes: one at the start and one at the end of every run, few in between. */
export class ProgressLines implements Progress {
  readonly #stream: NodeJS.WritableStream;
  readonly #bench: Bench;
  readonly #timeLeft = new TimeLeft();
  #shares = new Map<string, number>();
  #title = '';
  #rest: readonly Assignment[] = [];
  #spokeMs = 0;

  constructor(stream: NodeJS.WritableStream, bench: Bench) {
    this.#stream = stream;
    this.#bench = bench;
  }

  runStarted(assignment: Assignment, index: number, all: readonly Assignment[]): void {
    this.#title = runTitle(assignment, { index, count: all.length });
    this.#rest = all.slice(index + 1);
    this.#shares = new Map();
    this.#timeLeft.start();
    this.#spokeMs = performance.now();
  }

  personAsked(sentence: string): void {
    this.#say(sentence);
  }

  machineProgressed(machine: string, phase: string, share: number): void {
    this.#shares.set(
      machine,
      phase === 'done' ? 1 : phase === 'download' ? share : (this.#shares.get(machine) ?? 0),
    );
    if (performance.now() - this.#spokeMs < QUIET_MS) return;
    this.#spokeMs = performance.now();
    const mean = [...this.#shares.values()].reduce((sum, each) => sum + each, 0) / this.#shares.size;
    this.#say(`${this.#title}: ${Math.floor(mean * 100)} % downloaded`);
  }

  runEnded(assignment: Assignment, record: RunRecord): void {
    this.#timeLeft.end(assignment);
    const leftS = this.#timeLeft.estimateS(this.#rest);
    const left = leftS === null ? '' : `; about ${this.#bench.readableTime(leftS)} left`;
    this.#say(`${this.#title}: ${runResult(record, this.#bench)}${left}`);
  }

  runLeftOut(assignment: Assignment, place: LeftOutPlace): void {
    this.#say(leftOutLine(assignment, place));
  }

  close(): void {}

  #say(line: string): void {
    this.#stream.write(`${line}\n`);
  }
}
