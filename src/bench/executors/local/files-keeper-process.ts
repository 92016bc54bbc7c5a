import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FilesKeeperCommand, FilesKeeperReport } from './files-keeper-messages.ts';
import { GoldenFilesWriter } from './golden-files-writer.ts';
import { leaveSignalsToBench } from './leave-signals-to-bench.ts';
import { portable } from './portable-failure.ts';
import { sayToBench } from './say-to-bench.ts';
import { removeStaleFolders } from './scratch-folder.ts';

/** The process that owns the files of a lab: it makes golden images, and when the bench is gone, it clears up. */

const report = sayToBench<FilesKeeperReport>;
let folder: string | undefined;
let golden: GoldenFilesWriter | undefined;

process.on('disconnect', () => {
  clearUp();
  process.exit(0);
});
// It may have gone to the whole process group: then nobody else is left to do it.
process.once('SIGTERM', () => {
  clearUp();
  process.kill(process.pid, 'SIGTERM');
});
leaveSignalsToBench();

/** One wish after the other: answers come in the order of the wishes. */
let last = Promise.resolve();

process.on('message', (command: FilesKeeperCommand) => {
  if (command.kind === 'keep') {
    folder = command.folder;
    removeStaleFolders(dirname(folder));
    golden = new GoldenFilesWriter(folder, command.imageFile);
    return;
  }
  last = last
    .then(async () => report({ kind: 'made', files: await golden!.make(command.wish) }))
    .catch((error: unknown) => report({ kind: 'failed', failure: portable(error) }));
});

function clearUp(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
