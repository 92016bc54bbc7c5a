import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AgentMemory, LEAST_MEMORY } from '../../../src/engine/agent/agent-memory.ts';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { FoundBlocks } from '../../../src/engine/agent/found-blocks.ts';
import { MediumReader } from '../../../src/engine/agent/medium-reader.ts';
import { scanDisk } from '../../../src/engine/agent/scan-disk.ts';
import { BLOCK_BYTES } from '../../../src/engine/image/metainfo.ts';
import { RandomStream } from '../../../src/sim/index.ts';
import { aFolder } from '../an-image.ts';
import { AGENT_TOKEN } from '../http/an-image-server.ts';
import { aDeployment, aDisk, aDiskFile } from './a-deployment.ts';
import { type AGoldenImage, aGoldenImage } from './a-golden-image.ts';
import { ForgettingCache } from './disks.ts';

const CUTS = 10;
const MIB = 2 ** 20;
/** Pieces that a client has begun at a time, at most: ours, with four sources. */
const OPEN_PIECES = 8;

/**
 * What one cut may cost: what is not flushed, what waits in memory, and pieces on their way with the chunks at their
 * borders.
 */
function windowOf({ layout, image }: AGoldenImage, { unflushedBytes, fragmentBytes }: AgentMemory): number {
  const inFlight = OPEN_PIECES * (layout.pieceBytes + 2 * image.manifest.chunkBytes);
  return unflushedBytes + fragmentBytes + inFlight;
}

/** Wire bytes that a machine would not fetch again. */
async function heldBytes({ image, layout }: AGoldenImage, disk: DiskWriter): Promise<number> {
  const found = await scanDisk({
    disk,
    image,
    layout,
    memory: LEAST_MEMORY,
    canEncode: true,
    isResumed: true,
    progressed() {},
  });
  const held = new FoundBlocks(layout, found);
  let bytes = 0;
  for (let piece = 0; piece < layout.pieces; piece++)
    for (let begin = 0; begin < layout.bytesOf(piece); begin += BLOCK_BYTES)
      if (held.hasBlock(piece, begin / BLOCK_BYTES))
        bytes += Math.min(BLOCK_BYTES, layout.bytesOf(piece) - begin);
  return bytes;
}

/** Hears what was fetched and what of it is held after each cut, and knows what each cut has cost. */
class Losses {
  readonly each: number[] = [];
  #before = 0;

  cut(fetchedBytes: number, heldBytes: number): void {
    const lost = fetchedBytes - heldBytes;
    this.each.push(lost - this.#before);
    this.#before = lost;
  }

  get most(): number {
    return Math.max(...this.each);
  }
}

/** The same points again with `TEST_SEED`. */
const SEED = Number(process.env.TEST_SEED ?? randomInt(2 ** 31));

describe(`a power cut at ten random points of a deployment (TEST_SEED=${SEED})`, () => {
  it('that loses every write since the last flush costs a window of bytes each, and the end result verifies', async () => {
    const golden = await aGoldenImage({ chunks: 1000, chunkBytes: 65_536, pieceBytes: 65_536, entropy: 40 });
    const memory: AgentMemory = {
      ...LEAST_MEMORY,
      decodingBytes: MIB,
      fragmentBytes: 2 ** 18,
      wireFormBytes: MIB,
      unflushedBytes: MIB,
    };
    const { deploy, arm, seeder } = await aDeployment(golden);
    arm('machine');
    const disks = [aDisk({ sizeBytes: golden.disk.length })];
    const medium = new ForgettingCache(golden.disk.length);
    const openDisk = async () => ({
      writer: new DiskWriter(medium, { sizeBytes: golden.disk.length }),
      medium: new MediumReader(medium, false),
    });
    const losses = new Losses();
    const luck = new RandomStream(SEED, 'corruption');
    for (let cut = 0; cut < CUTS; cut++) {
      medium.cutAfter(luck.share() * 6 * MIB);
      await expect(deploy({ disks, openDisk, memory })).rejects.toMatchObject({ code: 'DISK_BROKEN' });
      // The machine could still say that it failed, so an operator has it tried again.
      arm('machine');
      const { writer } = await openDisk();
      losses.cut(seeder.statistics().uploadedBytes, await heldBytes(golden, writer));
    }
    medium.cutAfter(Number.POSITIVE_INFINITY);
    await deploy({ disks, openDisk, memory });
    expect(medium.bytes.equals(golden.disk)).toBe(true);
    expect(losses.most).toBeLessThanOrEqual(windowOf(golden, memory));
  });

  it('that ends the agent costs a window of bytes each, and the end result verifies', async () => {
    const golden = await aGoldenImage({ chunks: 160, chunkBytes: MIB, pieceBytes: 2 ** 18, entropy: 40 });
    const { url, arm, targets, seeder } = await aDeployment(golden, { upBps: 5 * MIB });
    arm('machine');
    const disk = await aDiskFile(golden.disk.length);
    const key = join(await aFolder(), 'image.pub');
    await writeFile(key, golden.keys.publicKey);
    const begin = () => anAgent(['--server', url, '--key', key, '--disk', `path=${disk.path}`]);
    const losses = new Losses();
    const luck = new RandomStream(SEED, 'failures');
    for (let cut = 0; cut < CUTS; cut++) {
      const agent = begin();
      const exited = once(agent, 'exit');
      const before = seeder.statistics().uploadedBytes;
      // All ten together do not reach the end.
      const until = before + (luck.share() * golden.payload.length) / 12;
      while (seeder.statistics().uploadedBytes <= until && agent.exitCode === null) await shortly();
      expect(agent.exitCode, 'it ended before its cut').toBeNull();
      agent.kill('SIGKILL');
      await exited;
      const writer = await DiskWriter.open(disk.path);
      losses.cut(seeder.statistics().uploadedBytes, await heldBytes(golden, writer));
      await writer.close();
    }
    const [exitCode] = await once(begin(), 'exit');
    expect(exitCode).toBe(0);
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
    expect(targets()[0]).toMatchObject({ state: 'finished' });
    // The page cache of the computer outlives the process.
    expect(losses.most).toBeLessThanOrEqual(windowOf(golden, { ...LEAST_MEMORY, unflushedBytes: 0 }));
  });
});

/** A real agent; it is gone when the test is over. */
function anAgent(options: readonly string[]) {
  const main = join(import.meta.dirname, '../../../src/cli/main.ts');
  const rest = ['--token', AGENT_TOKEN, '--id', 'machine', '--listen', '127.0.0.1', '--json'];
  const agent = spawn(process.execPath, [main, 'agent', ...options, ...rest], { stdio: 'ignore' });
  onTestFinished(() => {
    agent.kill('SIGKILL');
  });
  return agent;
}

function shortly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
