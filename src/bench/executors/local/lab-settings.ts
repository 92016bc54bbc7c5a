import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { LabOptions } from './lab.ts';
import type { LabFilesOptions } from './lab-files.ts';

/** What a person may choose for a lab, on the command line. */
export interface LabSettings {
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

/** The settings with their defaults, as a lab takes them. */
export function labOptionsOf(
  settings: LabSettings,
): LabFilesOptions & Pick<LabOptions, 'port' | 'patienceMs'> {
  const { image, workFolder = tmpdir(), port = 0, patienceS = DEFAULT_PATIENCE_S } = settings;
  return {
    imageFile: image === undefined ? null : resolve(image),
    workFolder: resolve(workFolder),
    port,
    patienceMs: patienceS * 1000,
  };
}
