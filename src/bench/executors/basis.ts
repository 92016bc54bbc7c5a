import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Probe } from '../probe/probe.ts';
import type { ExecutorName } from '../record/run-record.ts';

/** What was given to executors beside the scenario. */
interface GivenFiles {
  readonly probe?: Probe | undefined;
  /** Path of a disk image. */
  readonly image?: string | undefined;
}

/** Executors that deploy an image that they are given. */
const DEPLOYING: readonly ExecutorName[] = ['local', 'netns', 'vm'];
const DIGEST_CHARACTERS = 12;

/**
 * What the answers of an executor rest on beside the scenario, in words that are the same for the same files: the probe
 * of a simulation, the disk image of a lab. Undefined where there is nothing.
 */
export async function basisOf(name: ExecutorName, { probe, image }: GivenFiles): Promise<string | undefined> {
  if (name === 'sim' && probe) return probeBasis(probe);
  return image !== undefined && DEPLOYING.includes(name) ? await imageBasis(image) : undefined;
}

function probeBasis(probe: Probe): string {
  const digest = createHash('sha256').update(JSON.stringify(probe)).digest('hex');
  return `the probe ${digest.slice(0, DIGEST_CHARACTERS)} of ${probe.measuredAt}`;
}

/** Images are too large to be hashed for this: who changes one changes its time. */
async function imageBasis(file: string): Promise<string> {
  const { size, mtime } = await stat(file);
  return `the image ${basename(file)} of ${size} bytes, last changed ${mtime.toISOString()}`;
}
