import { wireSize } from '../../scenario/wire-size.ts';
import { boundsOf } from '../bounds.ts';
import { clearedAway } from '../clear-away.ts';
import type { Executor, PlannedRun } from '../executor.ts';
import { Lab } from '../local/lab.ts';
import { LabFiles } from '../local/lab-files.ts';
import { LAB_TRANSPORTS, type LabTransport, labPlanOf } from '../local/lab-plan.ts';
import { type LabSettings, labOptionsOf } from '../local/lab-settings.ts';
import { labVersions } from '../local/lab-versions.ts';
import { unsupportedSettings } from '../local/unsupported-settings.ts';
import { savedOver } from '../way-of-bytes.ts';
import { missingParts } from './missing-parts-reader.ts';
import { NamespacesPlace } from './namespaces-place.ts';
import { topologyOf } from './netns-topology.ts';

const NETNS_LAB = {
  name: 'the netns lab',
  transports: LAB_TRANSPORTS,
  hasSites: true,
  hasConnectionCap: true,
  losesPackets: true,
  faults: [
    'kill',
    'kill.back',
    'join',
    'slow',
    'slow.at',
    'cut',
    'cut.server',
    'stop.server',
    'stop.tracker',
    'full',
    'seederLeaves',
  ],
} as const;
/** A transport that needs longer than this many times what it takes at least is recorded as unfinished. */
const MOST_BOUNDS = 8;
const SHORTEST_DEADLINE_S = 60;
/** No transport takes a piece of a swarm from one source only: they may all ask several for its blocks. */
const HAS_WHOLE_PIECES = false;

/** Answers a scenario with real bytes over shaped links: every host is a network namespace. Needs root. */
export function netnsExecutor(settings: LabSettings = {}): Executor {
  const { port, patienceMs, ...filesOptions } = labOptionsOf(settings);
  const files = new LabFiles(filesOptions);
  return {
    name: 'netns',
    transports: LAB_TRANSPORTS,
    isSeeded: true,
    hasWholePieces: HAS_WHOLE_PIECES,
    unsupported: (scenario, transport) => [
      ...unsupportedSettings(scenario, transport, NETNS_LAB),
      ...missingParts(transport, {
        hasNat: scenario.network.sites?.some(({ nat }) => nat) ?? false,
        losesPackets: scenario.network.loss > 0,
        isPacked: scenario.image.encoding === 'zstd',
        isOverNfs: savedOver(scenario, transport) === 'nfs',
      }),
    ],
    versionsFor: (scenario, transport) =>
      labVersions(transport as LabTransport, savedOver(scenario, transport)),
    async run(run, watch) {
      const place = new NamespacesPlace(topologyOf(run));
      const options = { files, port, patienceMs, deadlineMs: deadlineMsOf(run), place };
      const lab = new Lab(labPlanOf(run), options, watch);
      try {
        return await lab.run();
      } finally {
        await clearedAway(lab.close(), watch);
      }
    },
    close: () => files.close(),
  };
}

/** The bound knows nothing of caps, nor of what the scenario lets go wrong; and clients may not go by sites. */
function deadlineMsOf(run: PlannedRun): number {
  const { image, network, faults } = run.scenario;
  const wansBps = (network.sites ?? []).flatMap(({ wan }) => (wan ? [wan.up, wan.down] : []));
  const throughTheThinnestS = wireSize(image) / Math.min(network.connectionCap, ...wansBps);
  const leastS = Math.max(boundsOf(run, HAS_WHOLE_PIECES).lowerBoundS, throughTheThinnestS);
  return Math.max(SHORTEST_DEADLINE_S, lastChangeS(faults) + MOST_BOUNDS * leastS) * 1000;
}

/** When the last of what goes wrong is over, from the start of the transfer on. */
function lastChangeS(faults: PlannedRun['scenario']['faults']): number {
  const endsS = faults.map((fault) => {
    const atS = 'at' in fault ? fault.at : 0;
    const lastsS = ('for' in fault && fault.for) || 0;
    const backS = ('back' in fault && fault.back) || 0;
    return atS + lastsS + backS;
  });
  return Math.max(0, ...endsS);
}
