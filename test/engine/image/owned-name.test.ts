import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { abandonedNames, ownName } from '../../../src/engine/image/owned-name.ts';
import { sightOf } from '../../../src/engine/image/process-place.ts';
import { processPlace } from '../../../src/engine/image/process-place-reader.ts';
import { aFolder } from '../an-image.ts';

/** The name that a process would own whose start nobody has had, with some of its parts changed. */
async function aName(change: (parts: string[]) => void = () => {}): Promise<string> {
  // .draft, machine, boot, namespace, id, start, number
  const parts = (await ownName('draft')).split('-');
  parts[5] = '1';
  change(parts);
  return parts.join('-');
}

const ANOTHER = '0123456789abcdef';

describe('what is owned in a store', () => {
  it.for<[string, (parts: string[]) => void, boolean]>([
    ['a process that has ended', () => {}, true],
    ['a process in another container', (parts) => void parts.splice(3, 1, '4026531999'), false],
    ['a process on another computer', (parts) => void parts.splice(1, 2, ANOTHER, ANOTHER), false],
    [
      'a process of an earlier start of nobody knows which computer',
      (parts) => void parts.splice(1, 2, 'unknown', ANOTHER),
      false,
    ],
  ])('by %s', async ([, change, isAbandoned]) => {
    const folder = await aFolder();
    const name = await aName(change);
    await mkdir(join(folder, name));
    expect(await abandonedNames(folder, 'draft')).toEqual(isAbandoned ? [name] : []);
    expect(await abandonedNames(folder, 'unpacked')).toEqual([]);
  });

  it('by this process is not abandoned', async () => {
    const folder = await aFolder();
    await mkdir(join(folder, await ownName('draft')));
    expect(await abandonedNames(folder, 'draft')).toEqual([]);
  });

  it('before this computer was started again is abandoned, where it is known', async () => {
    const here = await processPlace();
    const before = { ...here, boot: ANOTHER };
    expect(sightOf({ ...before, machine: 'a' }, { ...here, machine: 'a' })).toBe('ended');
    expect(sightOf({ ...before, machine: null }, { ...here, machine: null })).toBe('unknown');
    expect(sightOf({ ...before, machine: 'b' }, { ...here, machine: 'a' })).toBe('unknown');
  });
});
