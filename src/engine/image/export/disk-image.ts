import { ConfigError } from '../../../failure.ts';
import type { Manifest } from '../manifest.ts';

/** Of files no disk can be written: a machine makes their file system. Throws a ConfigError (`name`). */
export function assertDiskImage({ kind, name }: Manifest): void {
  if (kind === 'disk') return;
  throw new ConfigError('name', `${name} is of kind ${kind}: only an image of a disk can be exported`);
}
