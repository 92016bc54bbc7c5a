import { MultiBar, type SingleBar } from 'cli-progress';
import type { Assignment, LeftOutPlace, RunRecord } from '../../bench/index.ts';
import type { Bench } from '../bench-door.ts';
import type { Progress } from './progress.ts';
import { leftOutLine, runResult, runTitle } from './run-line.ts';
import { TimeLeft } from './time-left.ts';

const WHOLE = 1000;
/** Lines of the terminal that are left for the title, and for where the shell goes on. */
const KEPT_ROWS = 3;
const FEWEST_BARS = 3;
const USUAL_ROWS = 24;
const FORMAT = '  {machine} {bar} {percentage} %  {phase}';

/** A bar for every machine that is at work, and a line that stays for every run that is over. */
export class ProgressBars implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #bench: Bench;
  readonly #timeLeft = new TimeLeft();
  #bars: MultiBar | undefined;
  #barOf = new Map<string, SingleBar>();
  #title = '';
  #rest: readonly Assignment[] = [];

  constructor(stream: NodeJS.WriteStream, bench: Bench) {
    this.#stream = stream;
    this.#bench = bench;
  }

  runStarted(assignment: Assignment, index: number, all: readonly Assignment[]): void {
    this.#title = runTitle(assignment, { index, count: all.length });
    this.#rest = all.slice(index + 1);
    this.#timeLeft.start();
    this.#stream.write(`${this.#title} ...`);
  }

  personAsked(sentence: string): void {
    this.#clearLine();
    this.#stream.write(`${sentence}\n${this.#title} ...`);
  }

  machineProgressed(machine: string, phase: string, share: number): void {
    this.#bars ??= this.#openBars();
    const bar = this.#barOf.get(machine) ?? (this.#hasRoom() ? this.#openBar(machine) : undefined);
    bar?.update(Math.round((phase === 'done' ? 1 : share) * WHOLE), { phase });
  }

  runEnded(assignment: Assignment, record: RunRecord): void {
    this.#closeBars();
    this.#timeLeft.end(assignment);
    const leftS = this.#timeLeft.estimateS(this.#rest);
    const left = leftS === null ? '' : `; about ${this.#bench.readableTime(leftS)} left`;
    this.#clearLine();
    this.#stream.write(`${this.#title}: ${runResult(record, this.#bench)}${left}\n`);
  }

  runLeftOut(assignment: Assignment, place: LeftOutPlace): void {
    this.#stream.write(`${leftOutLine(assignment, place)}\n`);
  }

  close(): void {
    this.#closeBars();
  }

  #openBars(): MultiBar {
    this.#stream.write('\n');
    return new MultiBar({
      stream: this.#stream,
      format: FORMAT,
      barsize: 30,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      autopadding: true,
    });
  }

  /** Bars that the terminal has no lines for would scroll it at each update. */
  #hasRoom(): boolean {
    return this.#barOf.size < Math.max(FEWEST_BARS, (this.#stream.rows || USUAL_ROWS) - KEPT_ROWS);
  }

  #openBar(machine: string): SingleBar {
    const bar = this.#bars!.create(WHOLE, 0, { machine, phase: 'waiting' });
    this.#barOf.set(machine, bar);
    return bar;
  }

  #closeBars(): void {
    if (!this.#bars) return;
    this.#bars.stop();
    this.#bars = undefined;
    this.#barOf = new Map();
    // The title stands in the line above the bars, which have cleared themselves.
    this.#stream.moveCursor(0, -1);
  }

  #clearLine(): void {
    this.#stream.cursorTo(0);
    this.#stream.clearLine(0);
  }
}
