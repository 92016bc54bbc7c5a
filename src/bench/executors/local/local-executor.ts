import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { Executor } from '../executor.ts';
import { Lab } from './lab.ts';
import { LAB_TRANSPORTS, labPlanOf } from './lab-plan.ts';
import { unsupportedSettings } from './unsupported-settings.ts';

export interface LocalExecutorOptions {
  /** Disk image to deploy; left out: a sample disk is made. */
  readonly image?: string;
  /** Where the scratch folder of a run is made; left out: the system's folder for such things. */
  readonly workFolder?: string;
  /** HTTP, tracker and TFTP listen on this port and the two after it; left out: on any free ports. */
  readonly port?: number;
  /** Time without a received byte after which unfinished machines are given up [s]; default 60. */
  readonly patienceS?: number;
}

const DEFAULT_PATIENCE_S = 60;

/** Answers a scenario with real bytes: one server process and one process for each machine, on loopback, no root. */
export function localExecutor(options: LocalExecutorOptions = {}): Executor {
  const { image, workFolder = tmpdir(), port = 0, patienceS = DEFAULT_PATIENCE_S } = options;
  const labOptions = {
    imageFile: image === undefined ? null : resolve(image),
    workFolder: resolve(workFolder),
    port,
    patienceMs: patienceS * 1000,
  };
  return {
    name: 'local',
    transports: LAB_TRANSPORTS,
    isSeeded: true,
    // webtorrent fetches the blocks of one piece from several peers at a time.
    hasWholePieces: false,
    unsupported: unsupportedSettings,
    async run(run, watch) {
      const lab = new Lab(labPlanOf(run), labOptions, watch);
      try {
        return await lab.run();
      } finally {
        await lab.close();
      }
    },
  };
}
