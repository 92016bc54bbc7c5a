import { ConfigError } from '../../failure.ts';
import { pieceCountOf, type SimulatedMachine, type TraceEvent } from '../../sim/index.ts';
import { machineName, peerName } from '../executors/fleet.ts';
import { loadScenario } from '../scenario/scenario-loader.ts';
import { TraceFile } from './trace-file-writer.ts';
import { storyOf } from './trace-story.ts';
import {
  chooseTracedRun,
  modelOfTraced,
  namedEvent,
  simulateTraced,
  type TracedRun,
  type TraceWish,
} from './traced-run.ts';

/** What is wanted of a trace. */
export interface TraceRequest extends TraceWish {
  readonly file: string;
  readonly machines?: number;
  /** `m001` and so on; left out: the machine that was done last. */
  readonly machine?: string;
  /** Every piece is told. */
  readonly isWhole: boolean;
  /** Where all events of all machines go, as JSON lines. */
  readonly out?: string;
}

/** What became of one machine. */
export interface MachineTrace {
  readonly run: TracedRun;
  readonly machine: string;
  readonly traceDigest: string;
  /** Senders by name. */
  readonly result: Omit<SimulatedMachine, 'receivedFrom'> & {
    readonly receivedFrom: Readonly<Record<string, number>>;
  };
  /** Of this machine, in their order. */
  readonly events: readonly ReturnType<typeof namedEvent>[];
  readonly story: readonly string[];
}

/**
 * Simulates one run of a scenario and tells the story of one machine.
 * @throws ConfigError where the scenario has no such run or no such machine
 */
export async function traceMachine(request: TraceRequest): Promise<MachineTrace> {
  const { file, machines, machine, isWhole, out, ...wish } = request;
  const loaded = await loadScenario(file, machines === undefined ? {} : { fleet: { machines: [machines] } });
  const run = chooseTracedRun(loaded, wish);
  const wanted = machine === undefined ? undefined : numberOf(machine, run.machines);
  const model = modelOfTraced(loaded, run);
  const peers = { machines: run.machines, seeders: model.seeders?.length ?? 0 };
  const traceFile = out === undefined ? undefined : new TraceFile(out);
  const events: TraceEvent[] = [];
  const simulated = simulateTraced(loaded, run, (event) => {
    traceFile?.add(JSON.stringify(namedEvent(event, peers)));
    if (wanted === undefined || event.machine === wanted) events.push(event);
  });
  traceFile?.write();
  const result = wanted === undefined ? lastDone(simulated.machines) : simulated.machines[wanted - 1]!;
  const own = events.filter((event) => event.machine === result.number);
  const senders = [...(result.receivedFrom ?? [])].map(([sender, bytes]) => [peerName(sender, peers), bytes]);
  return {
    run,
    machine: machineName(result.number),
    traceDigest: simulated.traceDigest,
    result: { ...result, receivedFrom: Object.fromEntries(senders) },
    events: own.map((event) => namedEvent(event, peers)),
    story: storyOf(result, own, { pieces: pieceCountOf(model), isWhole, peers }),
  };
}

function numberOf(machine: string, machines: number): number {
  const number = Number(/^m?(\d+)$/.exec(machine)?.[1]);
  if (number >= 1 && number <= machines) return number;
  throw new ConfigError(
    '--machine',
    `found \`${machine}\`; allowed are ${machineName(1)} to ${machineName(machines)}`,
  );
}

/** The machine that was done last, or one that was never done. */
function lastDone(machines: readonly SimulatedMachine[]): SimulatedMachine {
  return machines.reduce((last, machine) =>
    (machine.doneS ?? Number.POSITIVE_INFINITY) > (last.doneS ?? Number.POSITIVE_INFINITY) ? machine : last,
  );
}
