import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { MediumReader } from '../../../src/engine/agent/medium-reader.ts';
import { encodeExtentMap } from '../../../src/engine/image/extent-map.ts';
import { IMAGE_FILES } from '../../../src/engine/image/image-store.ts';
import { encodeManifest } from '../../../src/engine/image/manifest.ts';
import { describedByPath } from '../../../src/engine/image/served-image.ts';
import { makeSigningKeys, signatureOf } from '../../../src/engine/image/signature.ts';
import { MemoryBootFile } from '../../../src/engine/tftp/boot-file.ts';
import { BootFileServer } from '../../../src/engine/tftp/boot-file-server.ts';
import { aRelay } from '../a-relay.ts';
import { aFolder } from '../an-image.ts';
import { aLoopDevice } from '../image/export/a-loop-device.ts';
import { HostilePeer } from '../swarm/a-hostile-peer.ts';
import { aFreePort } from '../swarm/a-swarm.ts';
import { aDeployment, aDisk, aDiskFile } from './a-deployment.ts';
import { aGoldenImage } from './a-golden-image.ts';
import { BrokenDisk, MemoryDisk, StingyDisk, UnreadableDisk } from './disks.ts';

/** Opens this disk, whatever the path. */
function opening(disk: MemoryDisk) {
  return async () => ({
    writer: new DiskWriter(disk, { sizeBytes: disk.bytes.length }),
    medium: new MediumReader(disk, false),
  });
}

function spoiltAtTheEnd(bytes: Uint8Array): Uint8Array {
  const spoilt = Uint8Array.from(bytes);
  spoilt[spoilt.length - 1]! ^= 1;
  return spoilt;
}

describe('a machine that is deployed', () => {
  it.each(['zstd', 'raw'] as const)('holds the image byte for byte (%s)', async (encoding) => {
    const golden = await aGoldenImage({ encoding });
    const { deploy, arm } = await aDeployment(golden);
    arm('machine');
    const disk = await aDiskFile(golden.disk.length);
    const { outcome, phases, notes, finish } = await deploy({ disks: [disk] });
    expect(outcome).toMatchObject({ chunks: 20, reusedChunks: 0, refetchedChunks: 0 });
    expect(phases).toEqual(['register', 'metainfo', 'partition', 'scan', 'download', 'verify', 'finish']);
    expect(notes).toEqual([
      'the disk is blank: no partition table and nothing at 64 places, so it was not scanned',
    ]);
    await finish([]);
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
  });

  it.each([
    ['has no heads, while the rest of the image comes', false],
    ['has heads, when all of it is written', true],
  ])('is read back where its disk %s', async (_, isRotational) => {
    const golden = await aGoldenImage();
    const { deploy, arm } = await aDeployment(golden, { upBps: 120_000 });
    arm('machine');
    const disk = new MemoryDisk(golden.disk.length);
    const medium = new MediumReader(disk, false);
    const reading = vi.spyOn(medium, 'readAt');
    const writer = new DiskWriter(disk, { sizeBytes: disk.bytes.length, isRotational });
    let readMeanwhile = 0;
    const deployment = deploy({
      disks: [aDisk({ sizeBytes: golden.disk.length })],
      openDisk: async () => ({ writer, medium }),
      phaseStarted(phase) {
        if (phase === 'verify') readMeanwhile = reading.mock.calls.length;
      },
    });
    expect((await deployment).outcome.refetchedChunks).toBe(0);
    expect(reading).toHaveBeenCalledTimes(20);
    expect(readMeanwhile > 0).toBe(!isRotational);
    expect(disk.bytes.equals(golden.disk)).toBe(true);
  });

  it('is left alone where another disk shows itself before the first write that could be meant as well', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm } = await aDeployment(golden);
    arm('machine');
    const [disk, late] = [await aDiskFile(golden.disk.length), await aDiskFile(golden.disk.length)];
    await expect(deploy({ disks: [disk], readDisks: () => [disk, late] })).rejects.toMatchObject({
      code: 'DISK_AMBIGUOUS',
      message: expect.stringContaining('2 disks could be meant by a fixed disk, and none is guessed'),
    });
    await expect(deploy({ disks: [disk], readDisks: () => [late] })).rejects.toThrow();
    for (const { path } of [disk, late])
      expect((await readFile(path)).every((byte) => byte === 0)).toBe(true);
  });

  it('leaves a larger disk alone behind the image', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm } = await aDeployment(golden);
    arm('machine');
    const before = Buffer.alloc(golden.disk.length + 100_000, 7);
    const disk = await aDiskFile(before);
    await deploy({ disks: [disk] });
    const after = await readFile(disk.path);
    expect(after.subarray(golden.disk.length).equals(before.subarray(golden.disk.length))).toBe(true);
    for (const { diskOffset, rawBytes } of golden.layout.chunks) {
      const end = diskOffset + rawBytes;
      expect(after.subarray(diskOffset, end).equals(golden.disk.subarray(diskOffset, end))).toBe(true);
    }
  });

  it('gives others what it has, made again from its disk, when the server is gone', async () => {
    const golden = await aGoldenImage({ chunks: 48, chunkBytes: 2 ** 20, pieceBytes: 2 ** 20, entropy: 40 });
    const { deploy, arm, seeder } = await aDeployment(golden);
    arm('one', 'other');
    const one = await deploy({ id: 'one', disks: [await aDiskFile(golden.disk.length)] });
    await seeder.stop();
    const disk = await aDiskFile(golden.disk.length);
    await deploy({ id: 'other', disks: [disk] });
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
    expect(one.client.statistics().uploadedBytes).toBeGreaterThanOrEqual(golden.payload.length);
    // More than stays in memory, so that it had to be made again.
    expect(golden.payload.length).toBeGreaterThan(20 * 2 ** 20);
  });

  it('serves until it is released, then does what is left to do on the disk, once', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm, targets, cancel } = await aDeployment(golden);
    arm('machine', 'another');
    const disk = await aDiskFile(golden.disk.length);
    const { finish } = await deploy({ disks: [disk] });
    const done: string[] = [];
    const finished = finish([
      {
        name: 'host name',
        async run({ disk: { sizeBytes }, manifest, machine }) {
          done.push(`${manifest.name} of ${sizeBytes} on ${machine}`);
        },
      },
    ]);
    expect(targets()).toMatchObject([{ machine: 'another' }, { machine: 'machine', state: 'verified' }]);
    expect(done).toEqual([]);
    cancel();
    await finished;
    expect(done).toEqual([`lab of ${golden.disk.length} on machine`]);
    await expect(deploy({ disks: [disk] })).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('arming it counts once'),
    });
  });

  it('takes the description of the image by TFTP, and by HTTP where that fails', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm } = await aDeployment(golden);
    arm('machine');
    const boot = await BootFileServer.start({ host: '127.0.0.1', port: 0, files: new Map() });
    const disks = [await aDiskFile(golden.disk.length)];
    const { notes } = await deploy({ disks, tftp: { host: '127.0.0.1', port: boot.port } });
    await boot.close();
    expect(notes[0]).toMatch(/^the boot file images\/lab\/1\/manifest.json cannot be fetched by TFTP: /);
  });

  it('takes it again by HTTP where what came by TFTP is not what was signed', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm } = await aDeployment(golden);
    arm('machine');
    const { files } = await describedByPath({ folder: golden.folder, manifest: golden.image.manifest });
    const spoilt = new Map(
      [...files].map(([path, bytes]) => [path, new MemoryBootFile(spoiltAtTheEnd(bytes))]),
    );
    const boot = await BootFileServer.start({ host: '127.0.0.1', port: 0, files: spoilt });
    const disk = await aDiskFile(golden.disk.length);
    const { notes } = await deploy({ disks: [disk], tftp: { host: '127.0.0.1', port: boot.port } });
    await boot.close();
    expect(notes[0]).toMatch(/; all of it comes again by HTTP$/);
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
  });
});

describe('a machine that holds a nearly equal image', () => {
  it('fetches 5 % of the wire bytes, and no more than 6 %, when 5 % of the chunks changed', async () => {
    const shape = { chunks: 200, chunkBytes: 2 ** 18, pieceBytes: 2 ** 20, entropy: 40 };
    const old = await aGoldenImage(shape);
    const golden = await aGoldenImage({ ...shape, sameAs: { disk: old.disk, isSame: (n) => n % 20 !== 7 } });
    const { deploy, arm } = await aDeployment(golden);
    arm('machine');
    const disk = await aDiskFile(old.disk);
    const { outcome, client } = await deploy({ disks: [disk] });
    expect(outcome).toMatchObject({ chunks: 200, reusedChunks: 190 });
    const share = client.statistics().downloadedBytes / golden.payload.length;
    expect(share).toBeGreaterThan(0.045);
    expect(share).toBeLessThanOrEqual(0.06);
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
  });

  it('fetches nothing when it holds the image already', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm } = await aDeployment(golden);
    arm('machine');
    const { outcome, client } = await deploy({ disks: [await aDiskFile(golden.disk)] });
    expect(outcome.reusedChunks).toBe(20);
    expect(client.statistics().downloadedBytes).toBe(0);
  });
});

describe('before the first write', () => {
  /** Runs a deployment that is refused, and makes sure that no byte of the disk has changed. */
  async function refused(
    wishes: Omit<Parameters<Awaited<ReturnType<typeof aDeployment>>['deploy']>[0], 'disks'> & {
      readonly isArmed?: boolean;
      readonly shortBytes?: number;
      readonly disks?: number;
    },
  ) {
    const { isArmed = true, shortBytes = 0, disks: count = 1, ...rest } = wishes;
    const golden = await aGoldenImage();
    const { deploy, arm } = await aDeployment(golden);
    if (isArmed) arm('machine');
    const before = Buffer.alloc(golden.disk.length - shortBytes, 0xa5);
    const disks = await Promise.all(Array.from({ length: count }, () => aDiskFile(before)));
    try {
      return await deploy({ ...rest, disks });
    } finally {
      for (const { path } of disks) expect((await readFile(path)).equals(before)).toBe(true);
    }
  }

  it('a machine that nobody has armed is refused', async () => {
    const deployment = refused({ isArmed: false });
    await expect(deployment).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'the server refused this machine: machine is not armed: it boots from its own disk',
    });
  });

  it('an image with a signature of somebody else is refused', async () => {
    const { publicKey } = makeSigningKeys();
    await expect(refused({ publicKey })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
  });

  it('an image that is not what its extent map says is found out when the disk is read back', async () => {
    const golden = await aGoldenImage();
    const { map, manifest } = golden.image;
    map.chunks[2]!.sha256[0]! ^= 1;
    const extents = encodeExtentMap(map);
    const sha256 = hash('sha256', extents);
    const signed = encodeManifest({ ...manifest, extentMap: { ...manifest.extentMap, sha256 } });
    await writeFile(join(golden.folder, IMAGE_FILES.extentMap), extents);
    await writeFile(join(golden.folder, IMAGE_FILES.manifest), signed);
    const signature = signatureOf(signed, golden.keys.privateKey);
    await writeFile(join(golden.folder, IMAGE_FILES.signature), signature);
    const { deploy, arm, targets } = await aDeployment(golden);
    arm('machine');
    await expect(deploy({ disks: [await aDiskFile(golden.disk.length)] })).rejects.toMatchObject({
      code: 'BAD_CHUNK',
      message: "the server's chunk 2 is not what the extent map says",
    });
    expect(targets()[0]).toMatchObject({ failure: expect.stringContaining('BAD_CHUNK') });
  });

  it('an image of files is refused before anything is written where a program is missing', async () => {
    const golden = await aGoldenImage();
    const { disk } = golden.image.manifest;
    const manifest = encodeManifest({
      ...{ ...golden.image.manifest, kind: 'files' as const, table: 'gpt' as const },
      partitions: [
        { number: 1, startBytes: 0, bytes: 512, fileSystem: 'ext4', copied: 'created', usedBytes: 0 },
      ],
      files: { archive: 'tar', startBytes: 512, bytes: disk.bytes - 512, entries: 1 },
    });
    await writeFile(join(golden.folder, IMAGE_FILES.manifest), manifest);
    const signature = signatureOf(manifest, golden.keys.privateKey);
    await writeFile(join(golden.folder, IMAGE_FILES.signature), signature);
    const { deploy, arm, targets } = await aDeployment(golden);
    arm('machine');
    const before = Buffer.alloc(golden.disk.length, 0xa5);
    const target = await aDiskFile(before);
    vi.stubEnv('PATH', await aFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(deploy({ disks: [target] })).rejects.toMatchObject({
      code: 'MISSING_TOOL',
      message: expect.stringMatching(/losetup, which is missing .* Debian package mount/),
    });
    expect((await readFile(target.path)).equals(before)).toBe(true);
    expect(targets()[0]).toMatchObject({ failure: expect.stringContaining('MISSING_TOOL') });
  });

  it('a disk that is too small is refused', async () => {
    await expect(refused({ shortBytes: 4096 })).rejects.toMatchObject({ code: 'DISK_TOO_SMALL' });
  });

  it('two disks that could be meant are refused', async () => {
    await expect(refused({ disks: 2 })).rejects.toMatchObject({ code: 'DISK_AMBIGUOUS' });
  });

  it('a disk that turns out smaller than it was listed is refused', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm, targets } = await aDeployment(golden);
    arm('machine');
    const disk = await aDiskFile(4096);
    const disks = [aDisk({ ...disk, sizeBytes: 1e12 })];
    await expect(deploy({ disks })).rejects.toMatchObject({ code: 'DISK_TOO_SMALL' });
    expect(targets()[0]).toMatchObject({ failure: expect.stringContaining('DISK_TOO_SMALL') });
  });

  it('a disk whose sectors the partition table does not count in is refused, before anything is written', async (context) => {
    const golden = await aGoldenImage({ table: 'gpt' });
    const { deploy, arm, targets } = await aDeployment(golden);
    arm('machine');
    const path = await aLoopDevice(context, golden.disk.length, { sectorBytes: 4096 });
    const before = await readFile(path);
    await expect(deploy({ disks: [aDisk({ path, sizeBytes: before.length })] })).rejects.toMatchObject({
      code: 'DISK_SECTORS',
      message: expect.stringContaining('sectors of 512 bytes'),
    });
    expect((await readFile(path)).equals(before)).toBe(true);
    expect(targets()[0]).toMatchObject({ failure: expect.stringContaining('sectors of 4096') });
  });

  it('that takes long over a step is heard meanwhile', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm, targets } = await aDeployment(golden);
    arm('machine');
    const { finish } = await deploy({ disks: [await aDiskFile(golden.disk.length)] });
    const before = targets()[0]!.changed;
    const isHeard = () => expect(targets()[0]!.changed).not.toBe(before);
    const hook = { name: 'a step', run: () => vi.waitFor(isHeard, { timeout: 10_000 }) };
    await finish([hook]);
    expect(targets()[0]).toMatchObject({ state: 'finished' });
  });

  it('what nobody has foreseen ends the deployment, and the server knows it', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm, targets } = await aDeployment(golden);
    arm('machine');
    const { finish } = await deploy({ disks: [await aDiskFile(golden.disk.length)] });
    const hook = { name: 'a step', run: () => Promise.reject(new Error('ENOSPC: no space left')) };
    await expect(finish([hook])).rejects.toThrow('ENOSPC');
    expect(targets()[0]).toMatchObject({
      state: 'failed',
      failure: 'INTERNAL: Error: ENOSPC: no space left',
    });
  });

  it('a dry run ends', async () => {
    const { phases, client } = await refused({ isDryRun: true });
    expect(phases).toEqual(['register', 'metainfo', 'partition', 'scan']);
    expect(client.statistics().downloadedBytes).toBe(0);
  });
});

describe('a server that is away for longer than a machine has patience', () => {
  it('may return while the machine gives up: that it was away is no failure of the machine', async () => {
    const golden = await aGoldenImage();
    const { deploy, arm, targets, url } = await aDeployment(golden);
    arm('machine');
    const relay = await aRelay(Number(new URL(url).port));
    const { finish, notes } = await deploy({
      disks: [await aDiskFile(golden.disk.length)],
      server: { url: `http://127.0.0.1:${relay.port}`, patienceMs: 900 },
    });
    // Two tries a second apart, and it gives up.
    const hook = { name: 'a step', run: async () => relay.cut(2) };
    await expect(finish([hook])).rejects.toMatchObject({ code: 'SERVER_LOST' });
    expect(targets()[0]).toMatchObject({ state: 'verified', failure: null });
    expect(notes.at(-1)).toBe('a step ...');
  });
});

describe('a disk that fails', () => {
  async function deployedTo(makeDisk: (sizeBytes: number, chunkOffset: number) => MemoryDisk) {
    const golden = await aGoldenImage();
    const { deploy, arm, targets } = await aDeployment(golden);
    arm('machine');
    const disk = makeDisk(golden.disk.length, golden.layout.chunks[9]!.diskOffset);
    const disks = [aDisk({ sizeBytes: golden.disk.length })];
    const deployment = deploy({ disks, openDisk: opening(disk) });
    return { golden, disk, deployment, targets };
  }

  it('with EIO on a write ends the deployment, and the server knows where', async () => {
    const { deployment, targets } = await deployedTo((bytes, at) => new BrokenDisk(bytes, 'EIO', at));
    await expect(deployment).rejects.toMatchObject({ code: 'DISK_BROKEN', message: /disk offset \d+ could/ });
    expect(targets()[0]).toMatchObject({
      state: 'failed',
      failure: expect.stringMatching(/^DISK_BROKEN: .*disk offset/),
    });
  });

  it('by writing less than it is given is written to again until all is there', async () => {
    const { deployment, disk, golden } = await deployedTo((bytes) => new StingyDisk(bytes, 5000));
    await deployment;
    expect(disk.bytes.equals(golden.disk)).toBe(true);
  });

  it('with EIO when it is read back is repaired, or given up with the place', async () => {
    const repaired = await deployedTo((bytes, at) => new UnreadableDisk(bytes, at, 2));
    expect((await repaired.deployment).outcome.refetchedChunks).toBe(1);
    expect(repaired.disk.bytes.equals(repaired.golden.disk)).toBe(true);
    const broken = await deployedTo((bytes, at) => new UnreadableDisk(bytes, at, Number.POSITIVE_INFINITY));
    await expect(broken.deployment).rejects.toMatchObject({ code: 'DISK_BROKEN' });
  });

  it('by a byte that changes behind the back of the agent gets the chunk once more', async () => {
    const { deployment, disk, golden } = await deployedTo((bytes, at) => new RottingDisk(bytes, at + 5));
    expect((await deployment).outcome.refetchedChunks).toBe(1);
    expect(disk.bytes.equals(golden.disk)).toBe(true);
  });
});

describe('a peer that sends garbage', () => {
  it('costs nothing but time', async () => {
    const golden = await aGoldenImage({ chunks: 40 });
    const { deploy, arm, torrent } = await aDeployment(golden, { upBps: 2_000_000 });
    arm('machine');
    const port = await aFreePort('127.0.0.1');
    const disk = await aDiskFile(golden.disk.length);
    const deployment = deploy({ disks: [disk], port });
    const { infoHash } = torrent;
    const target = { host: '127.0.0.1', port, infoHash, pieces: golden.layout.pieces };
    // Who comes before the download begins is turned away.
    let liar = new HostilePeer(target).introduce();
    while (!(await isGreetedBy(liar.socket))) {
      await sleep(10);
      liar = new HostilePeer(target).introduce();
    }
    liar.say({ kind: 'haveAll' }, { kind: 'unchoke' });
    let answered = 0;
    liar.answer((block) => {
      answered++;
      liar.sendBlock(block, Buffer.alloc(block.length, 0xbd));
    });
    liar.socket.resume();
    await deployment;
    expect(answered).toBeGreaterThan(0);
    expect(liar.isClosed).toBe(true);
    expect((await readFile(disk.path)).equals(golden.disk)).toBe(true);
  });
});

/** Whether a peer says who it is before the connection ends. */
function isGreetedBy(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('readable', () => resolve(socket.readableLength > 0));
    socket.once('close', () => resolve(false));
  });
}

/** A disk with a byte that changes by itself when everything has been flushed. */
class RottingDisk extends MemoryDisk {
  readonly #place: number;
  #isSound = true;

  constructor(sizeBytes: number, place: number) {
    super(sizeBytes);
    this.#place = place;
  }

  override async sync() {
    await super.sync();
    if (this.#isSound) this.bytes[this.#place]! ^= 0x10;
    this.#isSound = false;
  }
}
