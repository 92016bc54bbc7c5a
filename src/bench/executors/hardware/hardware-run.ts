import { setTimeout as sleep } from 'node:timers/promises';
import {
  machinesMeant,
  OperatorClient,
  type ShownDeployment,
  type StoredEvent,
  type Target,
} from '../../../engine/index.ts';
import { ConfigError } from '../../../failure.ts';
import { PHASES } from '../../record/run-record.ts';
import { rawSize } from '../../scenario/wire-size.ts';
import type { PlannedRun, RunOutcome, RunWatch } from '../executor.ts';
import { machineName } from '../fleet.ts';
import { sentByNobodyElse } from '../sent-by-nobody-else.ts';
import type { HardwareSettings } from './hardware-settings.ts';
import { agentStartMs, type MachineStory, resultOf } from './machine-story.ts';
import { type RoomMachine, switchOn } from './power-switch.ts';

const LOOK_MS = 1_000;

/** One run on real machines: armed, switched on, watched until all are done or given up. */
export class HardwareRun {
  readonly #run: PlannedRun;
  readonly #settings: HardwareSettings;
  readonly #server: OperatorClient;
  readonly #watch: RunWatch;

  constructor(run: PlannedRun, settings: HardwareSettings, watch: RunWatch) {
    this.#run = run;
    this.#settings = settings;
    this.#server = new OperatorClient(settings.access, watch.signal);
    this.#watch = watch;
  }

  /** Rejects where the server cannot be asked or a machine cannot be switched on; then no machine stays armed. */
  async run(): Promise<RunOutcome> {
    const room = await this.#room();
    const askedMs = Date.now();
    const deployment = await this.#server.startDeployment({
      image: this.#settings.golden,
      machines: room.map(({ mac }) => mac),
      waitFor: room.length,
    });
    // Half the way of the question and its answer is the best guess of when the server made it.
    const clockAheadMs = Date.parse(deployment.created) - (askedMs + Date.now()) / 2;
    try {
      this.#expectSize(deployment);
      const poweredOnMs = await this.#switchAllOn(room, clockAheadMs);
      const ended = await this.#untilOver(deployment, room);
      const events = await this.#server.events(deployment.id, { after: 0 });
      return this.#outcome({ ended, room, events, poweredOnMs });
    } catch (error) {
      // By another client: what aborted the run has aborted the questions of this one, too.
      await new OperatorClient(this.#settings.access).cancelDeployment(deployment.id).catch(() => {});
      throw error;
    }
  }

  /** The first machines of the room, as many as the run takes. */
  async #room(): Promise<RoomMachine[]> {
    const known = await this.#server.machines();
    const macs = machinesMeant(this.#settings.room, known);
    const { machines } = this.#run;
    if (macs.length < machines)
      throw new ConfigError('--room', `names ${macs.length} machines, and the scenario asks for ${machines}`);
    return macs.slice(0, machines).map((mac, index) => {
      const name = known.find((machine) => machine.mac === mac)?.name ?? mac;
      return { label: machineName(index + 1), mac, name };
    });
  }

  #expectSize({ rawBytes }: ShownDeployment): void {
    const expected = rawSize(this.#run.scenario.image);
    if (rawBytes === expected) return;
    throw new ConfigError(
      'image.used',
      `${this.#settings.golden} puts ${rawBytes} bytes on each disk, and the scenario says ${expected}; write down what it is`,
    );
  }

  /** @returns when each was, by the server's clock, or null where a person does it */
  async #switchAllOn(
    room: readonly RoomMachine[],
    clockAheadMs: number,
  ): Promise<readonly (number | null)[]> {
    const { power } = this.#settings;
    if (power === undefined) {
      const names = room.map(({ name }) => name).join(', ');
      this.#watch.personAsked?.(`Switch on now, or restart, so that they boot from the network: ${names}`);
      return room.map(() => null);
    }
    const atMs = room.map(() => Date.now() + clockAheadMs);
    await Promise.all(room.map((machine) => switchOn(power, machine, this.#watch.signal)));
    return atMs;
  }

  async #untilOver(first: ShownDeployment, room: readonly RoomMachine[]): Promise<ShownDeployment> {
    const { signal } = this.#watch;
    let deployment = first;
    let heard = '';
    let heardMs = performance.now();
    while (!deployment.isOver) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      deployment = await this.#server.deployment(first.id);
      this.#show(deployment.machines, room);
      const sign = deployment.machines.map(({ changed }) => changed).join(' ');
      if (sign !== heard) [heard, heardMs] = [sign, performance.now()];
      else if (performance.now() - heardMs >= this.#settings.patienceMs) return this.#giveUp(deployment);
    }
    return deployment;
  }

  #show(targets: readonly Target[], room: readonly RoomMachine[]): void {
    for (const { machine, state, phase, share } of targets) {
      const { label } = room.find(({ mac }) => mac === machine)!;
      const known = PHASES.find((each) => each === phase);
      const shown = state === 'finished' ? 'done' : state === 'failed' ? 'failed' : (known ?? 'waiting');
      this.#watch.machineProgressed(label, shown, share ?? 0);
    }
  }

  /** Machines that are not done are cancelled, with a reason that tells where they were. */
  async #giveUp(deployment: ShownDeployment): Promise<ShownDeployment> {
    const seconds = Math.round(this.#settings.patienceMs / 1000);
    const cancelled = await this.#server.cancelDeployment(deployment.id);
    const machines = cancelled.machines.map((target, place) => {
      if (target.state !== 'cancelled') return target;
      const { state, phase } = deployment.machines[place]!;
      const where = state === 'armed' ? 'before it came' : `during ${phase}`;
      const failure = `given up ${where}: nothing was heard of any machine for ${seconds} s`;
      return { ...target, failure };
    });
    return { ...cancelled, machines };
  }

  #outcome({ ended, room, events, poweredOnMs }: Ended): RunOutcome {
    const stories = room.map(({ label, mac }, place): MachineStory => {
      const target = ended.machines.find(({ machine }) => machine === mac)!;
      return { label, target, events, poweredOnMs: poweredOnMs[place]! };
    });
    const startsMs = stories.flatMap((story) => story.poweredOnMs ?? agentStartMs(story) ?? []);
    const originMs = startsMs.length === 0 ? Date.parse(ended.created) : Math.min(...startsMs);
    const fleet = stories.map((story) => resultOf(story, originMs));
    const downloads = fleet.flatMap(({ phases }) => phases.download?.[0] ?? []);
    const [wireBytes] = stories.flatMap(({ target }) => target.report?.wireBytes ?? []);
    return {
      formula: null,
      fleet,
      barrierS: downloads.length === 0 ? 0 : Math.min(...downloads),
      serverUploadedBytes: sentByNobodyElse(fleet),
      ...(wireBytes === undefined ? {} : { wireBytes }),
      traceDigest: null,
      limitations: limitationsOf(this.#settings, room),
    };
  }
}

interface Ended {
  readonly ended: ShownDeployment;
  readonly room: readonly RoomMachine[];
  readonly events: readonly StoredEvent[];
  readonly poweredOnMs: readonly (number | null)[];
}

function limitationsOf({ power, golden }: HardwareSettings, room: readonly RoomMachine[]): string[] {
  const names = room.map(({ label, name }) => `${label} ${name}`).join(', ');
  return [
    `Real machines, deployed with the image \`${golden}\` by the server as it is; the network is what it is, and the scenario only says so. They were ${names}.`,
    power === undefined
      ? 'Somebody switched the machines on, so their times begin with their agents and leave out firmware and boot image.'
      : 'Times begin with the command that switched a machine on.',
    'Times are those of the agents, laid beside each other by the moment at which the server heard each of them register.',
    'Each agent has read back its disk and compared it with the signed image; nobody else did.',
  ];
}
