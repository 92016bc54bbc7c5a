import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentMemory } from '../../../src/engine/agent/agent-memory.ts';
import { DEFAULT_MEMORY } from '../../../src/engine/agent/agent-memory.ts';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { MediumReader } from '../../../src/engine/agent/medium-reader.ts';
import { aFolder } from '../an-image.ts';
import { TOKENS } from '../http/an-image-server.ts';
import { aDeployment, aDisk, aDiskFile } from './a-deployment.ts';
import { type AGoldenImage, aGoldenImage } from './a-golden-image.ts';
import { ForgettingCache } from './disks.ts';

const CUTS = 10;
const MIB = 2 ** 20;
/** Pieces that a client has begun at a time, at most: ours, with four sources. */
const OPEN_PIECES = 8;

/** What may be lost by one cut: what is not flushed, what waits in memory, and what is on its way. */
function windowOf({ unflushedBytes, fragmentBytes, decodingBytes }: AgentMemory, pieceBytes: number): number {
  return unflushedBytes + fragmentBytes + decodingBytes + OPEN_PIECES * pieceBytes;
}

async function fetchedAfter(golden: AGoldenImage, fetched: number): Promise<number> {
  return fetched - golden.payload.length;
}

describe('a power cut at ten random points of a deployment', () => {
  it('that loses every write since the last flush costs a window of bytes each, and the end result verifies', async () => {
    const golden = await aGoldenImage({ chunks: 96, chunkBytes: 2 ** 18, pieceBytes: 65_536, entropy: 40 });
    const memory: AgentMemory = {
      decodingBytes: 2 ** 18,
      fragmentBytes: 2 ** 18,
      wireFormBytes: MIB,
      unflushedBytes: MIB,
    };
    const { deploy, registry, seeder } = await aDeployment(golden);
    registry.arm('machine');
    const disks = [aDisk({ sizeBytes: golden.disk.length })];
    const medium = new ForgettingCache(golden.disk.length);
    const openDisk = async () => ({
      writer: new DiskWriter(medium, golden.disk.length),
      medium: new MediumReader(medium, false),
    });
    let cuts = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      medium.cutAfter(Math.random() * 6 * MIB);
      await deploy({ disks, openDisk, memory }).catch(() => cuts++);
    }
    medium.cutAfter(Number.POSITIVE_INFINITY);
    await deploy({ disks, openDisk, memory });
    expect(medium.bytes.equals(golden.disk)).toBe(true);
    expect(cuts).toBeGreaterThan(3);
    const again = await fetchedAfter(golden, seeder.statistics().uploadedBytes);
    expect(again).toBeLessThanOrEqual(cuts * windowOf(memory, golden.layout.pieceBytes));
  });

  it('that ends the agent costs a window of bytes each, and the end result verifies', async () => {
    const golden = await aGoldenImage({ chunks: 160, chunkBytes: MIB, pieceBytes: 2 ** 18, entropy: 40 });
    const { url, registry, seeder } = await aDeployment(golden, { upBps: 20 * MIB });
    registry.arm('machine');
    const disk = await aDiskFile(golden.disk.length);
    const key = join(await aFolder(), 'image.pub');
    await writeFile(key, golden.keys.publicKey);
    const begin = () => anAgent(['--server', url, '--key', key, '--disk', `path=${disk.path}`]);
    for (let cut = 0; cut < CUTS; cut++) {
      const agent = begin();
      const before = seeder.statistics().uploadedBytes;
      const until = before + (Math.random() * golden.payload.length) / 8;
      while (seeder.statistics().uploadedBytes <= until && agent.exitCode === null) await shortly();
      agent.kill('SIGKILL');
      await once(agent, 'exit');
    }
    const [exitCode] = await once(begin(), 'exit');
    expect(exitCode).toBe(0);
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
    expect(registry.machines[0]).toMatchObject({ state: 'finished' });
    const again = await fetchedAfter(golden, seeder.statistics().uploadedBytes);
    const lost = windowOf({ ...DEFAULT_MEMORY, unflushedBytes: 0 }, golden.layout.pieceBytes);
    expect(again).toBeLessThanOrEqual(CUTS * lost);
  });
});

/** A real agent; it is gone when the test is over. */
function anAgent(options: readonly string[]) {
  const main = join(import.meta.dirname, '../../../src/cli/main.ts');
  const rest = ['--token', TOKENS.agent, '--id', 'machine', '--listen', '127.0.0.1', '--json'];
  const agent = spawn(process.execPath, [main, 'agent', ...options, ...rest], { stdio: 'ignore' });
  onTestFinished(() => {
    agent.kill('SIGKILL');
  });
  return agent;
}

function shortly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
