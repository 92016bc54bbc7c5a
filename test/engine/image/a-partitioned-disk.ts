import { spawn } from 'node:child_process';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';

/** A disk as a file, divided by sfdisk as its script says; it is gone when the test is over. */
export async function aPartitionedDisk(context: TestContext, bytes: number, script: string): Promise<string> {
  const file = join(await aFolder(), 'disk.img');
  await writeFile(file, '');
  await truncate(file, bytes);
  await sfdisk(context, ['--quiet', file], script);
  return file;
}

/** Runs sfdisk with something on its standard input; @returns what it printed, and fails with it. */
export async function sfdisk(context: TestContext, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(installedTool(context, 'sfdisk', 'fdisk'), args);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  // Some calls of it end before they have read anything.
  child.stdin.on('error', () => {}).end(input);
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`sfdisk ${args.join(' ')} ended with ${code}: ${text}`);
  return text;
}

/** What sfdisk reads from a disk: partitions in sectors. */
export async function sfdiskPartitions(
  context: TestContext,
  file: string,
): Promise<{ number: number; startBytes: number; bytes: number; type: string }[]> {
  const said = await sfdisk(context, ['--json', file]);
  // Of a copy that is not whole it warns beside.
  const json = said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1);
  const { partitiontable } = JSON.parse(json) as {
    partitiontable: {
      sectorsize: number;
      partitions: { node: string; start: number; size: number; type: string }[];
    };
  };
  return partitiontable.partitions.map(({ node, start, size, type }) => ({
    number: Number(/(\d+)$/.exec(node)![1]),
    startBytes: start * partitiontable.sectorsize,
    bytes: size * partitiontable.sectorsize,
    type,
  }));
}

/** Puts a volume at its place on a disk. */
export async function putVolume(disk: string, volume: string, startBytes: number): Promise<void> {
  const handle = await open(disk, 'r+');
  const bytes = await readFile(volume);
  await handle.write(bytes, 0, bytes.length, startBytes);
  await handle.close();
}

/** Takes a volume off a disk, into a file beside it. */
export async function takeVolume(
  disk: string,
  { startBytes, bytes }: { startBytes: number; bytes: number },
): Promise<string> {
  const target = `${disk}.at-${startBytes}`;
  const handle = await open(disk);
  const volume = Buffer.alloc(bytes);
  await handle.read(volume, 0, bytes, startBytes);
  await handle.close();
  await writeFile(target, volume);
  return target;
}
