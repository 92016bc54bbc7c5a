import {
  type DeploymentModel,
  isServerWebSeed,
  type LinkChange,
  peerCountOf,
  type TransportModel,
} from './deployment-model.ts';
import { RandomStream } from './kernel/random-stream.ts';
import { Simulation } from './kernel/simulation.ts';
import type { TraceListener } from './kernel/trace.ts';
import { arrivalTimes } from './machine/arrivals.ts';
import { BootStorm } from './machine/boot-storm.ts';
import { ChanceDeaths } from './machine/chance-deaths.ts';
import { DeployedMachine, type PhaseClock } from './machine/deployed-machine.ts';
import { Server } from './machine/server.ts';
import { startOfTransferS } from './machine/start-of-transfer.ts';
import { assertModel } from './model-check.ts';
import { Connections } from './network/connections.ts';
import { FlowNetwork } from './network/flow-network.ts';
import { noticedByTcp } from './network/retransmission.ts';
import { SERVER, Topology } from './network/topology.ts';
import { Carousel } from './transport/carousel.ts';
import { Chain } from './transport/chain.ts';
import { Ledger } from './transport/ledger.ts';
import { Multicast } from './transport/multicast.ts';
import { P2p } from './transport/p2p.ts';
import type { Arena, Transport } from './transport/transport.ts';
import { Unicast } from './transport/unicast.ts';

/** What the simulator found out about one machine; times in virtual seconds from the first power-on. */
export interface SimulatedMachine {
  /** 1 to n. */
  readonly number: number;
  readonly poweredOnS: number;
  readonly doneS: number | null;
  /** Phases that ended. */
  readonly phases: Readonly<PhaseClock>;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  /** Wire bytes by sender (0 is the server, seeders come after the last machine, then a web seed), or undefined in a run too large to keep it. */
  readonly receivedFrom: ReadonlyMap<number, number> | undefined;
  /** Why it did not finish, or null. */
  readonly failure: string | null;
}

/** One simulated deployment. */
export interface SimulatedDeployment {
  readonly machines: readonly SimulatedMachine[];
  /** When the first machine was ready to download [s]. */
  readonly barrierS: number;
  /** What its peer sent, and its web server, if that is a web seed. */
  readonly serverUploadedBytes: number;
  /** By seeder beside the server; last by a web seed that is a host of its own. */
  readonly seedersUploadedBytes: readonly number[];
  /** Sent, but cut off or repeated: sum of uploads = sum of downloads + this; by multicast, one copy, if anybody got it, + this. */
  readonly wastedBytes: number;
  readonly traceDigest: string;
}

/**
 * Runs a deployment on virtual time. The same model and random seed give the same trace, event by event.
 * @param listener hears of every event of the trace
 * @throws RangeError where the model makes no sense
 */
export function simulate(
  model: DeploymentModel,
  randomSeed: number,
  listener?: TraceListener,
): SimulatedDeployment {
  assertModel(model);
  const simulation = new Simulation(listener);
  const network = new FlowNetwork(simulation, model.rateTolerance);
  const machines: DeployedMachine[] = [];
  const place = { simulation, network, topology: new Topology(model, network) };
  const arena: Arena = {
    model,
    ...place,
    connections: new Connections(model, place),
    ledger: new Ledger(peerCountOf(model)),
    randomSeed,
    downloaded: (machine) => machines[machine - 1]!.downloaded(),
    failed: (machine, why) => machines[machine - 1]!.fail(why),
  };
  const transport = transportFor(model.transport, arena);
  const server = new Server(transport);
  const storm = model.boot && new BootStorm(model, model.boot, arena);
  const times = arrivalTimes(model.machines.length, model.arrival, new RandomStream(randomSeed, 'arrivals'));
  const barrierS = startOfTransferS(model, times);
  for (const [place, { joinsAfterS }] of model.machines.entries()) {
    if (joinsAfterS > 0) times[place] = barrierS + joinsAfterS;
  }
  for (const [place, poweredOnS] of times.entries()) {
    machines.push(new DeployedMachine(place + 1, poweredOnS, { arena, transport, server, storm }));
  }
  killMachines(machines, barrierS, arena);
  changeLinks(barrierS, arena, transport);
  for (const { atS, forS } of model.serverStops ?? []) {
    simulation.after(barrierS + atS, () => server.stop());
    simulation.after(barrierS + atS + forS, () => server.start());
  }
  if (model.trackerStopsAfterS !== undefined)
    simulation.after(barrierS + model.trackerStopsAfterS, () => transport.trackerStopped!());
  simulation.run();
  return {
    machines: machines.map((machine) => resultOf(machine, arena.ledger, transport)),
    barrierS,
    ...sentBySources(model, arena.ledger),
    wastedBytes: arena.ledger.wastedBytes,
    traceDigest: simulation.trace.digest.toString(),
  };
}

/** Puts the deaths of machines on the clock, those that are certain and those by chance. */
function killMachines(
  machines: readonly DeployedMachine[],
  barrierS: number,
  { model, simulation, randomSeed }: Arena,
): void {
  for (const [place, { diesAfterS, comesBackAfterS }] of model.machines.entries()) {
    if (diesAfterS === Number.POSITIVE_INFINITY) continue;
    simulation.after(barrierS + diesAfterS, () => machines[place]!.die(comesBackAfterS));
  }
  const byChance = new ChanceDeaths(simulation, new RandomStream(randomSeed, 'failures'));
  for (const rate of model.failures ?? []) {
    for (const machine of machines) byChance.expect(machine, rate, Math.max(barrierS, machine.poweredOnS));
  }
}

/** Puts all changes of links on the clock. */
function changeLinks(
  barrierS: number,
  { model: { serverLinkChanges, machines, tcp, latencyS }, simulation, connections }: Arena,
  transport: Transport,
): void {
  const noticed = (changes: readonly LinkChange[]): readonly LinkChange[] =>
    tcp ? noticedByTcp(changes, 2 * latencyS + tcp.timeoutS) : changes;
  const changesOf = [serverLinkChanges, ...machines.map(({ linkChanges }) => linkChanges)];
  for (const [peer, changes = []] of changesOf.entries()) {
    for (const { atS, link } of noticed(changes))
      simulation.after(barrierS + atS, () => connections.linkChanged(peer, link));
    if (peer === SERVER) continue;
    for (const { atS, link } of changes)
      simulation.after(barrierS + atS, () => transport.linkChanged?.(peer, link));
  }
}

function transportFor(settings: TransportModel, arena: Arena): Transport {
  switch (settings.transport) {
    case 'p2p':
      return new P2p(arena, settings);
    case 'unicast':
      return new Unicast(arena, settings);
    case 'multicast':
      return settings.isCarousel ? new Carousel(arena, settings) : new Multicast(arena, settings);
    case 'chain':
      return new Chain(arena, settings);
  }
}

/** What came from those who had everything from the start. */
function sentBySources(
  model: DeploymentModel,
  { uploaded }: Ledger,
): Pick<SimulatedDeployment, 'serverUploadedBytes' | 'seedersUploadedBytes'> {
  const others = [...uploaded.subarray(model.machines.length + 1)];
  const byWeb = isServerWebSeed(model) ? others.pop()! : 0;
  return { serverUploadedBytes: uploaded[SERVER]! + byWeb, seedersUploadedBytes: others };
}

function resultOf(machine: DeployedMachine, ledger: Ledger, transport: Transport): SimulatedMachine {
  return {
    number: machine.number,
    poweredOnS: machine.poweredOnS,
    doneS: machine.doneS,
    phases: Object.fromEntries(Object.entries(machine.phases).filter(([, [, endS]]) => !Number.isNaN(endS))),
    uploadedBytes: ledger.uploaded[machine.number]!,
    downloadedBytes: ledger.downloaded[machine.number]!,
    receivedFrom: ledger.sendersOf(machine.number),
    failure: failureOf(machine, transport),
  };
}

function failureOf(machine: DeployedMachine, transport: Transport): string | null {
  if (machine.failure !== null || machine.doneS !== null) return machine.failure;
  return `the deployment stalled: ${transport.diagnose(machine.number)}`;
}
