import { setTimeout as sleep } from 'node:timers/promises';
import {
  machinesMeant,
  OperatorClient,
  type ShownDeployment,
  type StoredEvent,
  type Target,
} from '../../../engine/index.ts';
import { ConfigError, RunFailure } from '../../../failure.ts';
import { PHASES } from '../../record/run-record.ts';
import { rawSize } from '../../scenario/wire-size.ts';
import type { PlannedRun, RunOutcome, RunWatch } from '../executor.ts';
import { machineName } from '../fleet.ts';
import { sentByNobodyElse } from '../sent-by-nobody-else.ts';
import type { HardwareSettings } from './hardware-settings.ts';
import { agentStartMs, type MachineStory, resultOf } from './machine-story.ts';
import { type RoomMachine, switchOn } from './power-switch.ts';

const LOOK_MS = 1_000;
/** A server that was there may be away for so long: agents wait as long, and longer. */
const AWAY_MS = 300_000;
/** Phases in which a machine that gets no further tells that it is there all the same: it waits for others, or for bytes. */
const MAY_WAIT: ReadonlySet<string | null> = new Set([
  'register',
  'metainfo',
  'partition',
  'scan',
  'download',
]);

/** One run on real machines: armed, switched on, watched until all are done or given up. */
export class HardwareRun {
  readonly #run: PlannedRun;
  readonly #settings: HardwareSettings;
  readonly #server: OperatorClient;
  /** Of questions that have to be answered also when the run is aborted. */
  readonly #steadyServer: OperatorClient;
  readonly #watch: RunWatch;

  constructor(run: PlannedRun, settings: HardwareSettings, watch: RunWatch) {
    this.#run = run;
    this.#settings = settings;
    this.#server = new OperatorClient(settings.access, watch.signal);
    this.#steadyServer = new OperatorClient(settings.access);
    this.#watch = watch;
  }

  /** Rejects where the server cannot be asked or a machine cannot be switched on; then no machine stays armed. */
  async run(): Promise<RunOutcome> {
    await this.#expectClient();
    const room = await this.#room();
    const askedMs = Date.now();
    const deployment = await this.#arm(room);
    // Half the way of the question and its answer is the best guess of when the server made it.
    const clockAheadMs = Date.parse(deployment.created) - (askedMs + Date.now()) / 2;
    try {
      this.#watch.signal.throwIfAborted();
      this.#expectSize(deployment);
      const poweredOnMs = await this.#switchAllOn(room, clockAheadMs);
      const ended = await this.#untilOver(deployment, room);
      const events = await this.#server.events(deployment.id, { after: 0 });
      return this.#outcome({ ended, room, events, poweredOnMs });
    } catch (error) {
      await this.#cancel(deployment.id);
      throw error;
    }
  }

  /** Where the answer is lost, the server may have armed them all the same. */
  async #arm(room: readonly RoomMachine[]): Promise<ShownDeployment> {
    const machines = room.map(({ mac }) => mac);
    const { golden, disk } = this.#settings;
    const wish = { image: golden, machines, waitFor: machines.length, ...(disk !== undefined && { disk }) };
    try {
      return await this.#steadyServer.startDeployment(wish);
    } catch (error) {
      if (!isServerLost(error)) throw error;
      const last = (await this.#steadyServer.deployments().catch(() => [])).at(-1);
      const isOurs = last?.image === golden && isSame(machines, last.machines);
      if (isOurs && !last.isOver) await this.#cancel(last.id);
      throw error;
    }
  }

  /** So that no machine is written to at its next boot; a server that is away is asked again. */
  async #cancel(id: number): Promise<void> {
    const startMs = performance.now();
    for (;;) {
      try {
        await this.#steadyServer.cancelDeployment(id);
        return;
      } catch (error) {
        if (isServerLost(error) && performance.now() - startMs < AWAY_MS) {
          await sleep(LOOK_MS);
          continue;
        }
        const reason = (error as Error).message;
        this.#watch.personAsked?.(
          `Deployment ${id} could not be cancelled, and its machines stay armed (${reason}): \`deploy cancel ${id}\``,
        );
        return;
      }
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

  /** A server runs one client for all of its deployments. */
  async #expectClient(): Promise<void> {
    const { transport } = this.#run;
    const wanted = transport === 'p2p' ? 'swarmboot' : transport;
    const client = (await this.#server.swarmClient()) ?? 'swarmboot';
    if (client === wanted) return;
    throw new ConfigError(
      '--transports',
      `${transport} takes a server whose setting \`swarm.client\` is ${wanted}, and the one that runs has ${client}`,
    );
  }

  #expectSize({ rawBytes }: ShownDeployment): void {
    const expected = rawSize(this.#run.scenario.image);
    if (rawBytes === expected) return;
    throw new ConfigError(
      'image.used',
      `${this.#settings.golden} puts ${rawBytes} bytes on each disk, and the scenario says ${expected}; write \`used: ${rawBytes} B\``,
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
    await Promise.all(room.map((machine) => switchOn(power, machine, { signal: this.#watch.signal })));
    return atMs;
  }

  async #untilOver(first: ShownDeployment, room: readonly RoomMachine[]): Promise<ShownDeployment> {
    const { signal } = this.#watch;
    let deployment = first;
    let heard = '';
    let heardMs = performance.now();
    let answeredMs = heardMs;
    let isBegun = false;
    while (!deployment.isOver) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      try {
        deployment = await this.#server.deployment(first.id);
        answeredMs = performance.now();
      } catch (error) {
        if (!isServerLost(error) || performance.now() - answeredMs >= AWAY_MS) throw error;
        continue;
      }
      this.#show(deployment.machines, room);
      const sign = signOf(deployment.machines);
      if (sign !== heard) [heard, heardMs] = [sign, performance.now()];
      if (performance.now() - heardMs < this.#settings.patienceMs) continue;
      if (isBegun || !deployment.machines.some(({ state }) => state === 'deploying'))
        return this.#giveUp(deployment);
      // Those that have come do not wait any longer for those that have not.
      await this.#server.beginDeployment(first.id);
      isBegun = true;
      heardMs = performance.now();
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
    let cancelled = await this.#server.cancelDeployment(deployment.id);
    // Who has the image was kept for those that are given up now, and comes to its end.
    const untilMs = performance.now() + this.#settings.patienceMs;
    while (cancelled.machines.some(({ state }) => state === 'verified') && performance.now() < untilMs) {
      await sleep(LOOK_MS);
      cancelled = await this.#server.deployment(deployment.id);
    }
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

/** What changes as long as a machine gets on. Who has the image does nothing but wait while others lack it. */
function signOf(targets: readonly Target[]): string {
  const isLacking = targets.some(({ state }) => state === 'armed' || state === 'deploying');
  const signs = targets.map(({ state, phase, share, changed }) => {
    if (state === 'deploying' && MAY_WAIT.has(phase)) return [phase, share];
    return state === 'verified' && isLacking ? [state] : [state, changed];
  });
  return JSON.stringify(signs);
}

function isServerLost(error: unknown): boolean {
  return error instanceof RunFailure && error.code === 'SERVER_LOST';
}

function isSame(macs: readonly string[], targets: readonly Target[]): boolean {
  return targets.length === macs.length && targets.every(({ machine }) => macs.includes(machine));
}
