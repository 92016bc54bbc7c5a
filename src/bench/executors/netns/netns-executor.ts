import { boundsOf } from '../bounds.ts';
import type { Executor, PlannedRun } from '../executor.ts';
import { Lab } from '../local/lab.ts';
import { LAB_TRANSPORTS, labPlanOf } from '../local/lab-plan.ts';
import { type LabSettings, labOptionsOf } from '../local/lab-settings.ts';
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
/** A transport that needs longer than this many times its lower bound is recorded as unfinished. */
const MOST_BOUNDS = 8;
const SHORTEST_DEADLINE_S = 60;
/** No transport takes a piece of a swarm from one source only: they may all ask several for its blocks. */
const HAS_WHOLE_PIECES = false;

/** Answers a scenario with real bytes over shaped links: every host is a network namespace. Needs root. */
export function netnsExecutor(settings: LabSettings = {}): Executor {
  const labOptions = labOptionsOf(settings);
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
    async run(run, watch) {
      const place = new NamespacesPlace(topologyOf(run));
      const lab = new Lab(labPlanOf(run), { ...labOptions, deadlineMs: deadlineMsOf(run), place }, watch);
      try {
        return await lab.run();
      } finally {
        await lab.close();
      }
    },
  };
}

function deadlineMsOf(run: PlannedRun): number {
  const { lowerBoundS } = boundsOf(run, HAS_WHOLE_PIECES);
  return Math.max(SHORTEST_DEADLINE_S, MOST_BOUNDS * lowerBoundS) * 1000;
}
