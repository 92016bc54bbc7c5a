import { clearedAway } from '../clear-away.ts';
import type { Executor } from '../executor.ts';
import { savedOver } from '../way-of-bytes.ts';
import { Lab } from './lab.ts';
import { LabFiles } from './lab-files.ts';
import { loopback } from './lab-place.ts';
import { type LabTransport, LOCAL_TRANSPORTS, labPlanOf } from './lab-plan.ts';
import { type LabSettings, labOptionsOf } from './lab-settings.ts';
import { labVersions } from './lab-versions.ts';
import { unsupportedSettings } from './unsupported-settings.ts';

const LOCAL_LAB = {
  name: 'the local lab',
  transports: LOCAL_TRANSPORTS,
  hasSites: false,
  hasConnectionCap: false,
  losesPackets: false,
  faults: ['kill', 'kill.back', 'join', 'slow', 'seederLeaves'],
} as const;

/** Answers a scenario with real bytes: one server process and one process for each machine, on loopback, no root. */
export function localExecutor(settings: LabSettings = {}): Executor {
  const { port, patienceMs, ...filesOptions } = labOptionsOf(settings);
  const files = new LabFiles(filesOptions);
  const labOptions = { files, port, patienceMs, deadlineMs: Infinity, place: loopback };
  return {
    name: 'local',
    transports: LOCAL_TRANSPORTS,
    isSeeded: true,
    // webtorrent fetches the blocks of one piece from several peers at a time.
    hasWholePieces: false,
    unsupported: (scenario, transport) => unsupportedSettings(scenario, transport, LOCAL_LAB),
    versionsFor: (scenario, transport) =>
      labVersions(transport as LabTransport, savedOver(scenario, transport)),
    async run(run, watch) {
      const lab = new Lab(labPlanOf(run), labOptions, watch);
      try {
        return await lab.run();
      } finally {
        await clearedAway(lab.close(), watch);
      }
    },
    close: () => files.close(),
  };
}
