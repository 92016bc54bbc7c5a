import { clearedAway } from '../clear-away.ts';
import type { Executor } from '../executor.ts';
import { Lab } from '../local/lab.ts';
import { LabFiles } from '../local/lab-files.ts';
import { LAB_TRANSPORTS, type LabTransport, labPlanOf } from '../local/lab-plan.ts';
import { type LabSettings, labOptionsOf } from '../local/lab-settings.ts';
import { labVersions } from '../local/lab-versions.ts';
import { unsupportedSettings } from '../local/unsupported-settings.ts';
import { savedOver } from '../way-of-bytes.ts';
import { deadlineMsOf } from './deadline.ts';
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

/** Answers a scenario with real bytes over shaped links: every host is a network namespace. Needs root. */
export function netnsExecutor(settings: LabSettings = {}): Executor {
  const { port, patienceMs, ...filesOptions } = labOptionsOf(settings);
  const files = new LabFiles(filesOptions);
  return {
    name: 'netns',
    transports: LAB_TRANSPORTS,
    isSeeded: true,
    // No transport takes a piece of a swarm from one source only: they may all ask several for its blocks.
    hasWholePieces: false,
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
