import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A small scenario that is right, to be changed by a test. */
export const PLAIN_SCENARIO = `\
name: plain
title: A plain scenario
image: { size: 64 MiB, pieceLength: 256 KiB }
network:
  server: { up: 100 Mbit/s }
  machine: { up: 100 Mbit/s }
fleet: { machines: [1, 4] }
transports: { p2p: {}, unicast: }
`;

/** A file that is gone when the test is over. */
export async function aScenarioFile(text: string = PLAIN_SCENARIO): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'scenario.yaml');
  await writeFile(file, text);
  return file;
}
