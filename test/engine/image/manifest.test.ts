import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeManifest, encodeManifest, type Manifest } from '../../../src/engine/image/manifest.ts';
import { RunFailure } from '../../../src/failure.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../fuzzing.ts';

const bytes = fc.nat(2 ** 50);
const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));

const somePartition = fc.record(
  {
    number: fc.integer({ min: 1, max: 128 }),
    startBytes: bytes,
    bytes,
    fileSystem: fc.constantFrom('ntfs', 'ext4', 'swap', 'unknown'),
    copied: fc.constantFrom('used' as const, 'whole' as const, 'created' as const),
    usedBytes: bytes,
    uuid: fc.string({ maxLength: 64 }),
    label: fc.string({ maxLength: 64 }),
  },
  { requiredKeys: ['number', 'startBytes', 'bytes', 'fileSystem', 'copied', 'usedBytes'] },
);

const someManifest: fc.Arbitrary<Manifest> = fc.record({
  format: fc.constant(1 as const),
  name: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/),
  version: fc.integer({ min: 1, max: 2 ** 31 }),
  created: fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  kind: fc.constant('disk' as const),
  disk: fc.record({ bytes, sectorBytes: fc.constantFrom(512, 4096) }),
  table: fc.constantFrom('gpt' as const, 'mbr' as const, 'none' as const),
  partitions: fc.array(somePartition, { maxLength: 8 }),
  encoding: fc.oneof(
    fc.record({ kind: fc.constant('raw' as const) }),
    fc.record({
      kind: fc.constant('zstd' as const),
      level: fc.integer({ min: 1, max: 22 }),
      library: fc.constant('1.5.7'),
    }),
  ),
  chunkBytes: fc.integer({ min: 1, max: 2 ** 26 }),
  extentMap: fc.record({ sha256: hex(64), bytes }),
  payload: fc.record({ sha256: hex(64), bytes, rawBytes: bytes }),
  infoHash: hex(40),
  tools: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), {
    maxKeys: 3,
  }),
});

const [one] = fc.sample(someManifest, { numRuns: 1, seed: 1 }) as [Manifest];
const fileOf = (changes: Record<string, unknown>) => Buffer.from(JSON.stringify({ ...one, ...changes }));

describe('a manifest', () => {
  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(someManifest, (manifest) => {
        // A name such as `__proto__` is none of a tool.
        fc.pre(!Object.keys(manifest.tools).includes('__proto__'));
        expect(decodeManifest(encodeManifest(manifest))).toEqual(JSON.parse(JSON.stringify(manifest)));
      }),
    );
  });

  it.each([
    ['name', '../etc'],
    ['name', 'Lab'],
    ['version', 0],
    ['disk', { bytes: -1, sectorBytes: 512 }],
    ['infoHash', 'x'.repeat(40)],
    ['chunkBytes', 2 ** 40],
    ['more', 'than is known'],
  ])('with a wrong %s is refused by that name: %j', (field, value) => {
    const decode = () => decodeManifest(fileOf({ [field]: value }));
    expect(decode).toThrow(RunFailure);
    expect(decode).toThrow(new RegExp(`the manifest cannot be used: .*${field}`));
  });

  const files = {
    kind: 'files',
    table: 'gpt',
    disk: { bytes: 1000 * 512, sectorBytes: 512 },
    partitions: [
      { number: 1, startBytes: 512, bytes: 99 * 512, fileSystem: 'ntfs', copied: 'created', usedBytes: 0 },
    ],
    files: { archive: 'wim', startBytes: 100 * 512, bytes: 900 * 512, entries: 1 },
  };

  it('of files is the same after it was written and read', () => {
    const manifest = decodeManifest(fileOf(files));
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  });

  it.each([
    ['files', { kind: 'disk' }],
    ['files', { files: undefined }],
    ['partitions', { partitions: [] }],
    ['partitions', { partitions: [files.partitions[0], files.partitions[0]] }],
    ['partitions', { partitions: [{ ...files.partitions[0], copied: 'used' }] }],
    ['table', { table: 'none' }],
    ['files.archive', { files: { ...files.files, archive: 'tar' } }],
    ['files.archive', { partitions: [{ ...files.partitions[0], fileSystem: 'constructor' }] }],
    ['files.startBytes', { files: { ...files.files, startBytes: 99 * 512 } }],
    ['files.startBytes', { files: { ...files.files, startBytes: 100 * 512 + 1, bytes: 512 } }],
    ['files.startBytes', { files: { ...files.files, bytes: 900 * 512 + 1 } }],
    ['files.bytes', { files: { ...files.files, bytes: 0 } }],
  ])('of files is refused by the name of %s: %j', (field, changes) => {
    const decode = () => decodeManifest(fileOf({ ...files, ...changes }));
    expect(decode).toThrow(new RegExp(`the manifest cannot be used: ${field}: `));
  });

  it('that is hostile costs a RunFailure at most', { timeout: FUZZ_TIMEOUT_MS }, () => {
    const good = fileOf({});
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    const hostile = fc.oneof(
      fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
        const file = Buffer.from(good);
        for (const [at, byte] of changes) file[at] = byte;
        return file;
      }),
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array().map((each) => Buffer.from(each)),
    );
    fc.assert(
      fc.property(hostile, (file) => {
        try {
          decodeManifest(file);
        } catch (error) {
          expect(error).toBeInstanceOf(RunFailure);
        }
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
