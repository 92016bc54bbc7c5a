import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageReader } from '../../../engine/index.ts';
import { ConfigError, RunFailure } from '../../../failure.ts';
import { saveDisk } from '../netns/clonezilla/save-disk.ts';
import { SAVED_FOLDER } from '../netns/clonezilla/saved-disk.ts';
import { isClonezilla } from '../way-of-bytes.ts';
import { type LabImage, publishLabImage } from './lab-image.ts';
import type { ServerFiles, ServerTask } from './lab-messages.ts';
import { makeSampleDisk } from './sample-disk.ts';

/**
 * Makes the scratch folder with the disks of the machines and the golden image.
 * Throws a ConfigError for an image that cannot be used, a RunFailure for a full disk.
 */
export async function makeServerFiles(task: ServerTask): Promise<ServerFiles> {
  const { scratchFolder } = task;
  const golden = await prepareDisks(task).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOSPC') throw cause;
    throw new RunFailure('DISK_FULL', `there is no room for the disks of the lab in ${scratchFolder}`, {
      cause,
    });
  });
  const published = await publish(task, golden.goldenFile);
  const saved = isClonezilla(task.transport)
    ? await saveDisk(golden.goldenFile, join(scratchFolder, SAVED_FOLDER))
    : null;
  return { ...golden, published, saved };
}

/** Throws a ConfigError where the image is not of the scenario's size. */
async function publish(task: ServerTask, imageFile: string): Promise<LabImage> {
  const { imageBytes } = task;
  const disk = await ImageReader.open(imageFile, task.pieceBytes);
  if (disk.sizeBytes !== imageBytes) {
    const sentence = `the scenario's image has ${imageBytes} bytes, ${imageFile} has ${disk.sizeBytes}`;
    throw new ConfigError('image.size', sentence);
  }
  const published = await publishLabImage(disk, task);
  await disk.close();
  return published;
}

/** Makes the machines' blank disks and, where no image was given, a sample disk. */
async function prepareDisks({
  scratchFolder,
  disks,
  imageFile,
  imageBytes,
}: ServerTask): Promise<Pick<ServerFiles, 'goldenFile' | 'goldenNote'>> {
  await mkdir(scratchFolder, { recursive: true, mode: 0o700 });
  for (const disk of disks) {
    await writeFile(join(scratchFolder, disk), '');
    await truncate(join(scratchFolder, disk), imageBytes);
  }
  if (imageFile !== null)
    return { goldenFile: imageFile, goldenNote: 'The golden image is the file that was given.' };
  const goldenFile = join(scratchFolder, 'golden.img');
  return { goldenFile, goldenNote: await makeSampleDisk({ path: goldenFile, sizeBytes: imageBytes }) };
}
