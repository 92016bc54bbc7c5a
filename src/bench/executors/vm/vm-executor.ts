import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../folder-writer.ts';
import { clearedAway } from '../clear-away.ts';
import type { Executor, PlannedRun } from '../executor.ts';
import { type LabSettings, labOptionsOf } from '../local/lab-settings.ts';
import { removeStaleFolders, scratchFolderIn } from '../local/scratch-folder.ts';
import { type GoldenParts, makeGoldenParts } from './golden-parts.ts';
import { missingMachineParts } from './missing-machine-parts.ts';
import { VmLab } from './vm-lab.ts';
import { unsupportedByMachines, VM_TRANSPORTS } from './vm-limits.ts';

/** An emulated machine is silent for a minute and more while it unpacks its boot image [ms]. */
const LEAST_PATIENCE_MS = 300_000;

/** Answers a scenario from power-on: firmware, our own services, deployment, and the start from the own disk. Needs root. */
export function vmExecutor(settings: LabSettings = {}): Executor {
  const { imageFile, workFolder, patienceMs } = labOptionsOf(settings);
  const folder = scratchFolderIn(workFolder, 'vm');
  /** By size of disk and piece: every run with the same takes the same. */
  const golden = new Map<string, GoldenParts>();

  async function goldenFor({ scenario: { image } }: PlannedRun, signal: AbortSignal): Promise<GoldenParts> {
    const key = `${image.size}-${image.pieceLength}`;
    const known = golden.get(key);
    if (known) return known;
    removeStaleFolders(workFolder);
    const own = join(folder, key);
    await makeFolder(own);
    const wishes = { folder: own, diskBytes: image.size, pieceBytes: image.pieceLength, imageFile, signal };
    const parts = await makeGoldenParts(wishes);
    golden.set(key, parts);
    return parts;
  }

  return {
    name: 'vm',
    transports: VM_TRANSPORTS,
    isSeeded: true,
    // Our client fetches the blocks of one piece from several peers at a time.
    hasWholePieces: false,
    unsupported: (scenario, transport) => [
      ...unsupportedByMachines(scenario, transport),
      ...missingMachineParts(),
    ],
    async run(run, watch) {
      const options = {
        golden: await goldenFor(run, watch.signal),
        doesDiskSpeak: imageFile === null,
        scratchFolder: folder,
        folder: join(folder, randomUUID()),
        patienceMs: Math.max(patienceMs, LEAST_PATIENCE_MS),
      };
      const lab = new VmLab(run, options, watch);
      try {
        return await lab.run();
      } finally {
        await clearedAway(lab.close(), watch);
      }
    },
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
