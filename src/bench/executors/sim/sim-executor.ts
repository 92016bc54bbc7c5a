import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MOST_LOSSES, MOST_TOLERANCE, pieceCountOf, type SimulatedMachine } from '../../../sim/index.ts';
import { TRANSPORT_WORDS } from '../../metrics/plain-words.ts';
import { writtenShare } from '../../metrics/readable-units.ts';
import type { Probe } from '../../probe/probe.ts';
import { versionNotes } from '../../probe/probe-versions.ts';
import { probedModel } from '../../probe/probed-model.ts';
import { readVersions } from '../../record/host-reader.ts';
import type { MachineResult, Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { wireSize } from '../../scenario/wire-size.ts';
import type { Executor, PlannedRun, RunOutcome, RunWatch } from '../executor.ts';
import { machineName, type PeerCounts, peerName } from '../fleet.ts';
import {
  MODEL_TRANSPORTS,
  type Modelled,
  type ModelledTransport,
  type ModelTransport,
  modelled,
  nfsLimitations,
} from '../model-transport.ts';
import { otherSeeders } from '../seeders.ts';
import { isClonezilla, savedOver } from '../way-of-bytes.ts';
import { faultLimitations } from './fault-limitations.ts';
import { machineLimitations } from './machine-limitations.ts';
import { modelOf } from './model.ts';
import type { SimulationAnswer, SimulationRequest } from './sim-worker.ts';
import { unsupportedFaults } from './unsupported-faults.ts';
import { unsupportedMachines, unsupportedTcpLoss } from './unsupported-machines.ts';

/** Transports whose machines get one piece after the other. */
const PASSING_ON: readonly Transport[] = ['p2p', 'chain'];
/** Pieces times machines of a run in which it is noted when each piece came: a picture of more would show nothing. */
const MOST_PIECE_TIMES = 6000;

/**
 * Virtual time: the simulator, in a thread of its own so that Ctrl-C and progress are not held up.
 * @param probe what the lab takes that the simulation is held against; left out: nothing beside the scenario
 */
export function simExecutor(probe?: Probe): Executor {
  let worker: Worker | undefined;
  const notes = probe ? versionNotes(probe, readVersions()) : [];
  const stop = async (): Promise<void> => {
    const stopping = worker;
    worker = undefined;
    await stopping?.terminate();
  };
  return {
    name: 'sim',
    transports: MODEL_TRANSPORTS,
    isSeeded: true,
    hasWholePieces: true,
    unsupported,
    async run(run, watch) {
      watch.signal.throwIfAborted();
      worker ??= new Worker(new URL('./sim-worker.ts', import.meta.url));
      const outcome = outcomeOf(await simulateIn(worker, { run, probe }, watch), run);
      const words = isProbed(probe, run) ? [...probeWords(probe, run), ...notes] : unprobedWords(probe, run);
      return { ...outcome, limitations: [...outcome.limitations, ...words] };
    },
    close: stop,
  };
}

async function simulateIn(
  worker: Worker,
  { run, probe }: { readonly run: PlannedRun; readonly probe: Probe | undefined },
  watch: RunWatch,
): Promise<SimulationAnswer> {
  const { scenario, transport, machines, randomSeed } = run;
  const plain = modelOf(scenario, transport as ModelledTransport, machines);
  const model = isProbed(probe, run)
    ? probedModel(plain, probe.transports[transport]!, probe.host.cores)
    : plain;
  const isPieceByPiece =
    PASSING_ON.includes(transport) &&
    randomSeed === scenario.seeds[0] &&
    machines === Math.max(...scenario.fleet.machines) &&
    machines * pieceCountOf(model) <= MOST_PIECE_TIMES;
  const request: SimulationRequest = { model, randomSeed: randomSeed!, isPieceByPiece };
  const answer = once(worker, 'message', { signal: watch.signal });
  worker.postMessage(request);
  const [answered] = (await answer.catch((error: unknown) => {
    watch.signal.throwIfAborted();
    throw error;
  })) as [SimulationAnswer];
  return answered;
}

/** A probe tells of the transports that could be measured. */
function isProbed(probe: Probe | undefined, { transport }: PlannedRun): probe is Probe {
  return probe?.transports[transport] !== undefined;
}

function unprobedWords(probe: Probe | undefined, { transport }: PlannedRun): string[] {
  return [
    ...(probe
      ? [
          `The probe of ${probe.measuredAt.slice(0, 10)} does not tell of ${TRANSPORT_WORDS[transport]}: it is simulated as the scenario says.`,
        ]
      : []),
    ...(isClonezilla(transport) ? [UNPROBED_CLONEZILLA] : []),
  ];
}

function probeWords(
  { measuredAt, host: { cpu, cores } }: Probe,
  { scenario, transport }: PlannedRun,
): string[] {
  const words = `Simulated phases, start-up and read-back are those of one machine alone in the lab, measured on their own on ${measuredAt.slice(0, 10)} (${cpu}, ${cores} cores); several machines take turns on its processors, and share them in the transfer.`;
  return savedOver(scenario, transport) === 'nfs' ? [words, PROBED_PLAIN] : [words];
}

const LIMITATIONS: Readonly<Record<ModelTransport, string>> = {
  p2p: 'Simulated P2P moves whole pieces from one source each, without endgame, and lets a piece come that is on its way when its receiver is choked; HAVE messages arrive at once and every grant costs one round trip of the latency.',
  unicast:
    'Simulated unicast takes two round trips for the connection and the request, then an equal share of the links.',
  multicast:
    'Simulated multicast loses packets independently and repairs in rounds at the rate of the slowest receiver; a machine that falls silent holds up all others until it is heard again or dropped.',
  chain: 'A simulated chain forwards whole pieces and does not mend itself when a machine dies.',
};

const OF_REPAIR =
  'Simulated multicast with repair by P2P loses packets independently in one sending, after which the swarm fetches whole blocks of 16 KiB from the server and from machines that have the piece whole; what TCP sends again in the repair takes nothing from the links.';

const OF_SLICES =
  'Simulated multicast in slices keeps to one length of them, counts a machine as done with the batch of packets in which its last one was, and loses packets, questions and answers independently; a machine that falls silent holds up all others until it is heard again or dropped.';

const OF_CAROUSEL =
  'A simulated carousel keeps to a rate that all machines of the deployment bear, which it takes of every link on its way before all other traffic, knows no forward error correction, and loses packets independently; who comes back has kept nothing.';

function limitationOf({ scenario, transport }: Modelled): string {
  if (transport !== 'multicast') return LIMITATIONS[transport];
  const { repair } = scenario.transports.multicast!;
  return { rounds: LIMITATIONS.multicast, slices: OF_SLICES, p2p: OF_REPAIR, carousel: OF_CAROUSEL }[repair];
}

const OF_CLONEZILLA = 'Clonezilla is simulated as unicast or multicast that is written as it arrives.';
const PROBED_PLAIN =
  'Probes are of the plain scenario: where that reads the image by HTTP, so did the machine that was measured.';
const UNPROBED_CLONEZILLA = 'Its programs take no time to start, to decompress and to flush.';

function unsupported(asked: Scenario, askedTransport: Transport): string[] {
  const { scenario, transport } = modelled(asked, askedTransport);
  const isRough = scenario.network.tolerance > MOST_TOLERANCE;
  return [
    ...unsupportedLoss(scenario, transport),
    ...unsupportedMachines(scenario, transport),
    ...unsupportedFaults(scenario, transport),
    ...unsupportedNfs(asked, askedTransport),
    ...(isRough ? [`network.tolerance: allowed is a share up to ${writtenShare(MOST_TOLERANCE)}`] : []),
  ];
}

/** Its client would wait a round trip for each part of a file. */
function unsupportedNfs(scenario: Scenario, transport: Transport): string[] {
  if (savedOver(scenario, transport) !== 'nfs' || scenario.network.latency === 0) return [];
  return [`transports.${transport}.over: simulated NFS knows no delay (network.latency)`];
}

function unsupportedLoss({ network, image, fleet, transports }: Scenario, transport: Transport): string[] {
  if (network.loss === 0) return [];
  if (transport !== 'multicast') return unsupportedTcpLoss(network);
  const ofRepair = transports.multicast!.repair === 'p2p' ? unsupportedTcpLoss(network) : [];
  const losses =
    Math.max(...fleet.machines) * (wireSize(image) / transports.multicast!.packet) * network.loss;
  if (losses <= MOST_LOSSES) return ofRepair;
  return [
    ...ofRepair,
    `network.loss: about ${Number(losses.toPrecision(1)).toLocaleString('en')} losses would have to be drawn, ${MOST_LOSSES.toLocaleString('en')} at most`,
  ];
}

function outcomeOf(
  { simulated, pieceTimes }: SimulationAnswer,
  { scenario, transport }: PlannedRun,
): RunOutcome {
  const peers = { machines: simulated.machines.length, seeders: otherSeeders(scenario).length };
  return {
    formula: null,
    fleet: simulated.machines.map((machine, index) => ({
      ...machineResult(machine, peers),
      ...(pieceTimes && { pieceTimesS: [...pieceTimes[index]!].map(toMilliseconds) }),
    })),
    barrierS: simulated.barrierS,
    serverUploadedBytes: simulated.serverUploadedBytes,
    ...(simulated.seedersUploadedBytes.length > 0 && {
      seedersUploadedBytes: simulated.seedersUploadedBytes.reduce((sum, bytes) => sum + bytes, 0),
    }),
    traceDigest: simulated.traceDigest,
    limitations: [
      limitationOf(modelled(scenario, transport)),
      ...(isClonezilla(transport) ? [OF_CLONEZILLA] : []),
      ...nfsLimitations(scenario, transport),
      ...machineLimitations(scenario),
      ...faultLimitations(modelled(scenario, transport)),
      ...rounded(scenario),
      ...natLimitations(scenario),
      ...pipelineLimitations(scenario, transport),
    ],
  };
}

function natLimitations({ network }: Scenario): string[] {
  return network.sites?.some(({ nat }) => nat)
    ? ['The simulator knows no NAT: a site behind one is simulated as one that can be reached.']
    : [];
}

function pipelineLimitations({ transports }: Scenario, transport: Transport): string[] {
  return transport === 'p2p' && transports.p2p?.pipeline === 'measured'
    ? [
        'The simulator moves whole pieces and has no window of requests: transports.p2p.pipeline changes nothing.',
      ]
    : [];
}

function rounded({ network: { tolerance } }: Scenario): string[] {
  return tolerance === 0
    ? []
    : [
        `Changes of a rate below ${writtenShare(tolerance)} were not passed on from link to link (network.tolerance): no link carries more than that too much, but a single rate may be off by several times as much.`,
      ];
}

/** No screen shows less, and the record stays small; null where a machine never got the piece. */
function toMilliseconds(timeS: number): number | null {
  return Number.isNaN(timeS) ? null : Math.round(timeS * 1000) / 1000;
}

function machineResult(machine: SimulatedMachine, peers: PeerCounts): MachineResult {
  const result = {
    machine: machineName(machine.number),
    poweredOnS: machine.poweredOnS,
    doneS: machine.doneS,
    phases: machine.phases,
    uploadedBytes: machine.uploadedBytes,
    downloadedBytes: machine.downloadedBytes,
    isVerified: machine.doneS !== null,
    failure: machine.failure,
  };
  if (!machine.receivedFrom) return result;
  const senders = [...machine.receivedFrom].map(([sender, bytes]) => [peerName(sender, peers), bytes]);
  return { ...result, receivedFrom: Object.fromEntries(senders) };
}
