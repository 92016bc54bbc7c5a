import { MultiBar, type SingleBar } from 'cli-progress';
import type { ShownDeployment, StoredEvent, Target } from '../../engine/index.ts';
import type { DeploymentProgress, NameOf } from './deployment-progress.ts';
import { ShareRate } from './share-rate.ts';
import { eventLine, filledShare, mostTelling, tally, targetLine } from './target-line.ts';

const WHOLE = 1000;
/** Lines of the terminal that are left for the sum, and for what is said above the bars. */
const KEPT_ROWS = 4;
const FEWEST_BARS = 3;
const USUAL_ROWS = 24;

/** A bar for every machine, as far as there is room for them, and one for all; what happens is said above. */
export class DeploymentBars implements DeploymentProgress {
  readonly #bars: MultiBar;
  readonly #stream: NodeJS.WriteStream;
  readonly #nameOf: NameOf;
  readonly #rates = new Map<string, ShareRate>();
  #sum: SingleBar | undefined;
  readonly #rows: SingleBar[] = [];

  constructor(stream: NodeJS.WriteStream, nameOf: NameOf) {
    this.#stream = stream;
    this.#nameOf = nameOf;
    this.#bars = new MultiBar({
      stream,
      format: '{name} {bar} {text}',
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: false,
      gracefulExit: false,
    });
  }

  update({ machines, rawBytes }: ShownDeployment, events: readonly StoredEvent[]): void {
    for (const event of events) this.say(eventLine(event, this.#nameOf));
    const rates = new Map(machines.map((target) => [target.machine, this.#rateOf(target)]));
    const width = Math.max(...machines.map(({ machine }) => this.#nameOf(machine).length));
    this.#sum ??= this.#bars.create(machines.length, 0, { name: '', text: '' });
    const over = machines.filter(({ state }) => state === 'finished').length;
    this.#sum.setTotal(machines.length);
    this.#sum.update(over, { name: 'all'.padEnd(width), text: tally(machines) });
    mostTelling(machines, this.#room()).forEach((target, row) => {
      this.#rows[row] ??= this.#bars.create(WHOLE, 0, { name: '', text: '' });
      this.#rows[row].update(Math.round(filledShare(target) * WHOLE), {
        name: this.#nameOf(target.machine).padEnd(width),
        text: targetLine(target, { perS: rates.get(target.machine), rawBytes }),
      });
    });
    this.#bars.update();
  }

  /** Before there is a bar it would wake a clock that nobody stops. */
  say(line: string): void {
    if (!this.#sum) {
      this.#stream.write(`${line}\n`);
      return;
    }
    this.#bars.log(`${line}\n`);
    this.#bars.update();
  }

  close(): void {
    this.#bars.stop();
  }

  #room(): number {
    return Math.max(FEWEST_BARS, (this.#stream.rows || USUAL_ROWS) - KEPT_ROWS);
  }

  #rateOf({ machine, phase, share }: Target): number | undefined {
    const rate = this.#rates.get(machine) ?? new ShareRate();
    this.#rates.set(machine, rate);
    rate.add(phase, { atMs: performance.now(), share: share ?? 0 });
    return rate.perS;
  }
}
