import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '../../../failure.ts';
import type { FilesKeeperCommand, FilesKeeperReport } from './files-keeper-messages.ts';
import type { GoldenFiles, GoldenWish } from './golden-files.ts';
import { endingSentence, LabChild } from './lab-child-process.ts';
import { fromPortable } from './portable-failure.ts';
import { scratchFolderIn } from './scratch-folder.ts';

export interface LabFilesOptions {
  /** Where the scratch folder is made. */
  readonly workFolder: string;
  /** Null: sample disks are made. */
  readonly imageFile: string | null;
}

/**
 * The scratch folder of a lab with the golden images that its runs share, made when the first run wants one. A process
 * of its own owns it: when the bench is killed, that removes it, and where that was killed, too, the next lab does.
 */
export class LabFiles {
  readonly #folder: string;
  readonly #imageFile: string | null;
  #keeper: LabChild<FilesKeeperCommand, FilesKeeperReport> | undefined;
  /** Whoever waits, in the order of asking. */
  readonly #waiting: PromiseWithResolvers<GoldenFiles>[] = [];

  constructor({ workFolder, imageFile }: LabFilesOptions) {
    this.#folder = scratchFolderIn(workFolder, 'lab');
    this.#imageFile = imageFile;
  }

  /** Rejects with a ConfigError for an image that cannot be used, or a RunFailure where it cannot be made. */
  golden(wish: GoldenWish): Promise<GoldenFiles> {
    const made = Promise.withResolvers<GoldenFiles>();
    this.#waiting.push(made);
    this.#keeper ??= this.#begin();
    this.#keeper.send({ kind: 'make', wish });
    return made.promise;
  }

  /** Name of a folder for one run, which nobody has made yet. */
  runFolder(): string {
    return join(this.#folder, randomUUID());
  }

  /** Removes everything. */
  async close(): Promise<void> {
    await this.#keeper?.terminate();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #begin(): LabChild<FilesKeeperCommand, FilesKeeperReport> {
    const entry = new URL('./files-keeper-process.ts', import.meta.url);
    const keeper = new LabChild<FilesKeeperCommand, FilesKeeperReport>(entry, [], (report) => {
      if (report.kind === 'made') this.#waiting.shift()?.resolve(report.files);
      else this.#waiting.shift()?.reject(fromPortable(report.failure));
    });
    keeper.ended.then((ending) => {
      this.#keeper = undefined;
      const failure = new RunFailure('LAB_FILES', `the keeper of the lab's files ${endingSentence(ending)}`);
      for (const wish of this.#waiting.splice(0)) wish.reject(failure);
    });
    keeper.send({ kind: 'keep', folder: this.#folder, imageFile: this.#imageFile });
    return keeper;
  }
}
