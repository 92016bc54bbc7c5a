import type { ShownDeployment, StoredEvent, Target } from '../../engine/index.ts';
import type { DeploymentProgress, NameOf } from './deployment-progress.ts';
import { ShareRate } from './share-rate.ts';
import { eventLine, targetLine } from './target-line.ts';

/** Plain lines, for logs and pipes: one for each event, each new phase and each further tenth of it. */
export class DeploymentLines implements DeploymentProgress {
  readonly #stream: NodeJS.WritableStream;
  readonly #nameOf: NameOf;
  readonly #said = new Map<string, string>();
  readonly #rates = new Map<string, ShareRate>();

  constructor(stream: NodeJS.WritableStream, nameOf: NameOf) {
    this.#stream = stream;
    this.#nameOf = nameOf;
  }

  update({ machines, rawBytes }: ShownDeployment, events: readonly StoredEvent[]): void {
    for (const event of events) this.say(eventLine(event, this.#nameOf));
    for (const target of machines) this.#tell(target, rawBytes);
  }

  say(line: string): void {
    this.#stream.write(`${line}\n`);
  }

  close(): void {}

  #tell(target: Target, rawBytes: number | null): void {
    const { machine, state, phase, share } = target;
    // Every other state is an event, and told as one.
    if (state !== 'deploying') return;
    const rate = this.#rates.get(machine) ?? new ShareRate();
    this.#rates.set(machine, rate);
    rate.add(phase, { atMs: performance.now(), share: share ?? 0 });
    const tenth = `${phase} ${Math.floor((share ?? 0) * 10)}`;
    if (this.#said.get(machine) === tenth) return;
    this.#said.set(machine, tenth);
    const time = new Date().toLocaleTimeString('en-GB');
    this.say(`${time} ${this.#nameOf(machine)} ${targetLine(target, { perS: rate.perS, rawBytes })}`);
  }
}
