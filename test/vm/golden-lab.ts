import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { makeBootableDisk } from '../../src/bench/executors/vm/bootable-disk.ts';
import { missingMachineParts } from '../../src/bench/executors/vm/missing-machine-parts.ts';
import { ROOT } from '../integration/swarmboot-process.ts';

/** What all tests of virtual machines have in common: a store with a golden image, and boot files. */
export interface GoldenLab {
  /** The store; boot files are in its folder `boot`. */
  readonly folder: string;
  /** The golden disk. */
  readonly disk: string;
  /** Why there is none of it, or null. */
  readonly missing: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    golden: GoldenLab;
  }
}

const GOLDEN_BYTES = 256 * 2 ** 20;

/** Made by the commands that a person uses, once for all tests. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-vm-'));
  const [missing = null] = missingMachineParts();
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    project.provide('golden', { folder, disk: missing === null ? await make(folder) : '', missing });
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

async function make(folder: string): Promise<string> {
  const boot = join(folder, 'boot');
  await told('bootimage', 'build', '--kernel', 'cloud', '--out', boot, '--store', folder);
  const disk = await makeBootableDisk({
    kernelFile: join(boot, 'vmlinuz'),
    folder,
    sizeBytes: GOLDEN_BYTES,
  });
  await told('image', 'capture', disk, '--name', 'golden', '--store', folder, '--piece-mib', '1');
  return disk;
}

async function told(...args: string[]): Promise<void> {
  await promisify(execFile)(join(ROOT, 'swarmboot'), args);
}
