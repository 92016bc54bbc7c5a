import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstDifferences } from '../../../../src/bench/executors/local/image-comparison-reader.ts';
import { aFolder, someBytes } from '../../../engine/an-image.ts';

const SIZE = 2_500_000;

/** Offsets of the first differences, for disks that are the golden image with these changes. */
async function differencesOf(...changes: readonly ((golden: Buffer) => Buffer)[]) {
  const folder = await aFolder();
  const golden = Buffer.from(someBytes(SIZE));
  const image = join(folder, 'golden.img');
  await writeFile(image, golden);
  const disks = changes.map((_, index) => join(folder, `${index}.img`));
  for (const [index, change] of changes.entries())
    await writeFile(disks[index]!, change(Buffer.from(golden)));
  return await firstDifferences(disks, image);
}

function withOther(golden: Buffer, ...offsets: readonly number[]): Buffer {
  for (const offset of offsets) golden[offset]! ^= 1;
  return golden;
}

describe('the comparison of disks with the golden image', () => {
  it('finds the first byte that differs, on each disk by itself', async () => {
    const differences = await differencesOf(
      (golden) => golden,
      (golden) => withOther(golden, 0),
      (golden) => withOther(golden, 1_048_575, 1_048_576),
      (golden) => withOther(golden, 700_000, 600_000, SIZE - 1),
      (golden) => withOther(golden, SIZE - 1),
    );
    expect(differences).toEqual([null, 0, 1_048_575, 600_000, SIZE - 1]);
  });

  it('finds disks that are shorter or longer', async () => {
    const differences = await differencesOf(
      (golden) => golden.subarray(0, 1_000_000),
      (golden) => Buffer.concat([golden, Buffer.from([0])]),
      (golden) => withOther(golden.subarray(0, 1_000_000), 10),
      () => Buffer.alloc(0),
    );
    expect(differences).toEqual([1_000_000, SIZE, 10, 0]);
  });

  it('is no work without disks', async () => {
    expect(await differencesOf()).toEqual([]);
  });
});
