import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../../src/bench/scenario/json-schema.ts';
import { loadScenario } from '../../../src/bench/scenario/scenario-loader.ts';
import { ConfigError } from '../../../src/failure.ts';
import { aScenarioFile, PLAIN_SCENARIO } from './a-scenario.ts';

/** What the loader says of a text; the file's name is left out. */
async function mistakeIn(text: string): Promise<string> {
  const file = await aScenarioFile(text);
  const error = await loadScenario(file).then(
    () => expect.fail('the scenario was taken for a good one'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message.replaceAll(file, 'FILE');
}

describe('a scenario file', () => {
  it('is read in base units, with its defaults', async () => {
    const { plain } = await loadScenario(await aScenarioFile());
    expect(plain.image).toMatchObject({ size: 64 * 2 ** 20, pieceLength: 256 * 1024, encoding: 'raw' });
    expect(plain.network.server).toEqual({ up: 12.5e6, down: Infinity });
    expect(plain.transports.unicast).toEqual({ diskWrite: 'streamed' });
    expect(plain.transports.chain).toBeUndefined();
    expect(plain.seeds).toEqual([1]);
  });

  it.each([
    ['94 Mbit/s', 11.75e6],
    ['94Mb/s', 11.75e6],
    ['94 Mbps', 11.75e6],
    ['12.5 MB/s', 12.5e6],
    ['8 MiB/s', 8 * 2 ** 20],
    ['1 Gibit/s', 2 ** 27],
    ['4.1 Mbit/s', 512_500],
    ['unlimited', Infinity],
  ])('takes the rate %s', async (text, bytesPerSecond) => {
    const { plain } = await loadScenario(await aScenarioFile(PLAIN_SCENARIO.replace('100 Mbit/s', text)));
    expect(plain.network.server.up).toBe(bytesPerSecond);
  });

  it.each([
    ['18 GB', 18e9],
    ['18 GiB', 18 * 2 ** 30],
    ['3 KB', 3000],
    ['1456 B', 1456],
    ['4.1 GB', 4.1e9],
  ])('takes the size %s', async (text, bytes) => {
    const { plain } = await loadScenario(await aScenarioFile(PLAIN_SCENARIO.replace('64 MiB', text)));
    expect(plain.image.size).toBe(bytes);
  });

  it.each([
    ['4.1 min', 246],
    ['1.1 h', 3960],
    ['0.9 ms', 0.0009],
  ])('takes the time %s', async (text, seconds) => {
    const { plain } = await loadScenario(await aScenarioFile(`${PLAIN_SCENARIO}phases: { boot: ${text} }\n`));
    expect(plain.phases.boot).toBe(seconds);
  });

  it.each([
    ['7 %', 0.07],
    ['0.7%', 0.007],
    ['0.07', 0.07],
  ])('takes the share %s', async (text, share) => {
    const { plain } = await loadScenario(
      await aScenarioFile(PLAIN_SCENARIO.replace('network:', `network:\n  tolerance: ${text}`)),
    );
    expect(plain.network.tolerance).toBe(share);
  });

  it('knows disks by their kind, and what is given beside it counts', async () => {
    const diskOf = async (disk: string) =>
      (await loadScenario(await aScenarioFile(PLAIN_SCENARIO + disk))).plain.disk;
    expect(await diskOf('')).toMatchObject({ read: Infinity, write: Infinity, shared: false, seek: 0 });
    const hdd = { read: 150e6, write: 150e6, shared: true, seek: 0.0124, readBack: true };
    expect(await diskOf('disk: { kind: hdd }')).toMatchObject(hdd);
    expect(await diskOf('disk: { kind: hdd, write: 80 MB/s, seek: 0 s, writeCache: 1 GB }')).toMatchObject({
      ...hdd,
      write: 80e6,
      seek: 0,
      writeCache: 1e9,
      readCache: 0,
    });
    expect(await diskOf('disk: { kind: nvme, shared: true }')).toMatchObject({ write: 2e9, shared: true });
  });

  it('has a boot of steps, with servers that have no limit unless it says so', async () => {
    const boot = 'boot: { steps: [dhcp, { tftp: 300 KiB }, { http: 32 MB }, { wait: 5 s }] }';
    const { plain } = await loadScenario(await aScenarioFile(PLAIN_SCENARIO + boot));
    expect(plain.boot).toEqual({
      steps: ['dhcp', { tftp: 300 * 1024 }, { http: 32e6 }, { wait: 5 }],
      dhcp: { service: 0 },
      tftp: { blockSize: 1432, window: 1, turnaround: 0, service: 0 },
      http: {},
    });
    expect(await mistakeIn(`${PLAIN_SCENARIO}boot: { steps: [bootp] }`)).toBe(
      'FILE:9:17: boot.steps.0: found `bootp`; ' +
        'allowed is `dhcp`, `{tftp: 300 KiB}`, `{http: 32 MB}` or `{wait: 5 s}`',
    );
  });

  it('says where an unknown key stands and what is allowed there', async () => {
    expect(await mistakeIn(PLAIN_SCENARIO.replace('pieceLength', 'pieceLenght'))).toBe(
      'FILE:3:24: image: unknown setting `pieceLenght`; ' +
        'allowed are `size`, `used`, `pieceLength`, `encoding`, `compressionRatio`, `decode`',
    );
  });

  it.each([
    [
      'a wrong unit',
      '64 MiB',
      '64 s',
      'FILE:3:16: image.size: found `64 s`, which has another unit; allowed is a size',
    ],
    ['a missing unit', '64 MiB', '64', 'FILE:3:16: image.size: found `64`; allowed is a size with its unit'],
    ['a negative rate', '100 Mbit/s', '-3 Mbit/s', 'found `-3 Mbit/s`, which is negative; allowed is a rate'],
    ['a rate of zero', '100 Mbit/s', '0 Mbit/s', 'allowed is a rate with its unit'],
    [
      'no machines',
      '[1, 4]',
      '[0]',
      'FILE:7:21: fleet.machines.0: found `0`; allowed is a whole number of machines, from 1 up',
    ],
    ['an empty list', '[1, 4]', '[]', 'fleet.machines: found `[]`; allowed is a list of machine counts'],
    [
      'a name that is no file name',
      'plain',
      'Plain One',
      'name: found `Plain One`; allowed is a name of small letters',
    ],
    [
      'no transport',
      '{ p2p: {}, unicast: }',
      '{}',
      'allowed is at least one of `p2p`, `webtorrent`, `aria2`, `libtorrent`, `unicast`, `clonezilla-unicast`, `multicast`, `clonezilla-multicast`, `chain`',
    ],
    ['a broken text', 'image: {', 'image: [', 'not valid YAML'],
    [
      'an alias that stands for nothing',
      'fleet: { machines: [1, 4] }',
      'fleet: *nowhere',
      'FILE:7:8: not valid YAML: Unresolved alias',
    ],
    [
      'more used bytes than the disk has',
      'size: 64 MiB,',
      'size: 64 MiB, used: 65 MiB,',
      'FILE:3:30: image.used: found `65 MiB`; allowed is no more than `image.size`',
    ],
    [
      'a compression that nothing does',
      'size: 64 MiB,',
      'size: 64 MiB, compressionRatio: 2,',
      'image.compressionRatio: found `2`; allowed is 1 with `image.encoding: raw`',
    ],
    [
      'pieces without number',
      '256 KiB',
      '1 B',
      'FILE:3:37: image.pieceLength: found 67108864 pieces; allowed are 1048576, so a pieceLength 64 times as large',
    ],
    [
      'sites that are not all of the machines',
      'network:',
      'network:\n  sites: [{ name: a, machines: 50 %, wan: { up: 1 MB/s } }, { name: b, machines: 0.4, wan: { up: 1 MB/s } }]',
      'FILE:5:10: network.sites: found shares that are 90 % together; allowed are those that are 100 %',
    ],
    [
      'sites of one name',
      'network:',
      'network:\n  sites: [{ name: a, machines: 50 %, wan: { up: 1 MB/s } }, { name: a, machines: 0.5, wan: { up: 1 MB/s } }]',
      'allowed are sites with names of their own',
    ],
    [
      'a network that loses everything',
      'network:',
      'network:\n  loss: 100 %',
      'network.loss: found `100 %`; allowed is a share below 1',
    ],
    [
      'an unknown fault',
      'name: plain',
      'name: plain\nfaults: [{explode: 1}]',
      'allowed is `{kill: 2, at: 30 s}`',
    ],
    [
      'a server behind a NAT',
      'network:',
      'network:\n  sites: [{ name: a, machines: 1, wan: { up: 1 MB/s }, nat: true }]',
      'network.sites.0.nat: found `true`; allowed is false: the server stands at the first site',
    ],
    [
      'a seeder that leaves before it has sent anything',
      'name: plain',
      'name: plain\nfaults: [{seederLeaves: 0}]',
      'faults.0',
    ],
    ['pieces that are all wrong', 'name: plain', 'name: plain\nfaults: [{corrupt: 100 %}]', 'allowed is'],
    [
      'a machine that comes back at once',
      'name: plain',
      'name: plain\nfaults: [{kill: 1, at: 5 s, back: 0 s}]',
      'faults.0',
    ],
    [
      'a seeder at a site that is not there',
      'p2p: {}',
      'p2p: { seeders: [attic] }',
      'transports.p2p.seeders: found `["attic"]`; allowed is a number of seeders beside the server, or a list',
    ],
    [
      'a fleet of which nobody starts',
      'name: plain',
      'name: plain\nfaults: [{join: 1, at: 5 s}]',
      'allowed are fewer machines that join than every number in fleet.machines',
    ],
    [
      'a share above one',
      'network:',
      'network:\n  loss: 200 %',
      'network.loss: found `200 %`; allowed is a share from 0 to 1',
    ],
  ])('refuses %s', async (_, right, wrong, message) => {
    expect(await mistakeIn(PLAIN_SCENARIO.replace(right, wrong))).toContain(message);
  });

  it('names what is missing', async () => {
    expect(await mistakeIn(PLAIN_SCENARIO.replace('size: 64 MiB, ', ''))).toContain(
      'image.size: is missing; allowed is a size',
    );
  });

  it('takes thirds of the machines as people write them, and a compression of zstd', async () => {
    const third = (name: string) => `{ name: ${name}, machines: 33.33333333 %, wan: { up: 1 MB/s } }`;
    const sites = `network:\n  sites: [${['a', 'b', 'c'].map(third).join(', ')}]`;
    const packed = PLAIN_SCENARIO.replace(
      'size: 64 MiB,',
      'size: 64 MiB, encoding: zstd, compressionRatio: 2,',
    );
    const { plain } = await loadScenario(await aScenarioFile(packed.replace('network:', sites)));
    expect(plain.network.sites).toHaveLength(3);
    expect(plain.image.compressionRatio).toBe(2);
  });

  it('tells all mistakes at once, in the order of the file', async () => {
    const text = PLAIN_SCENARIO.replace('64 MiB', '64 s').replace('[1, 4]', '[0]');
    expect((await mistakeIn(text)).split('\n').map((line) => line.split(':')[1])).toEqual(['3', '7']);
  });

  it('is missed by name, with what to do next', async () => {
    await expect(loadScenario('/nowhere/at-all.yaml')).rejects.toThrow(
      /no such file; `.\/swarmboot scenarios` lists/,
    );
  });
});

describe('a file that is no scenario', () => {
  it.each([
    ['an empty file', '', 'nothing'],
    ['a list', '- 1\n', 'no settings'],
    ['a word', 'hello\n', 'no settings'],
  ])('is refused with one sentence: %s', async (_, text, found) => {
    expect(await mistakeIn(text)).toBe(
      `FILE:1:1: found ${found}; a scenario is made of settings such as \`name: my-scenario\``,
    );
  });

  it('is called a folder where it is one', async () => {
    await expect(loadScenario('scenarios')).rejects.toThrow('scenarios: a folder, not a scenario file;');
  });
});

describe('a variant', () => {
  const text = `${PLAIN_SCENARIO}variants:\n  big: { image: { size: 1 GiB } }\n  capped: { network: { connectionCap: 1 MB/s } }\n`;

  it('changes what it names and nothing else', async () => {
    const { variants } = await loadScenario(await aScenarioFile(text));
    expect(variants.map(({ variant }) => variant)).toEqual(['', 'big', 'capped']);
    expect(variants[1]!.scenario.image).toMatchObject({ size: 2 ** 30, pieceLength: 256 * 1024 });
    expect(variants[2]!.scenario).toEqual({
      ...variants[0]!.scenario,
      variants: {},
      network: { ...variants[0]!.scenario.network, connectionCap: 1e6 },
    });
  });

  it('gives way to the command line where both name a setting', async () => {
    const crowd = `${text}  crowd: { fleet: { machines: [50], start: { staggered: 1 s } } }\n`;
    const { variants } = await loadScenario(await aScenarioFile(crowd), { fleet: { machines: [2] } });
    expect(variants.map(({ scenario }) => scenario.fleet.machines)).toEqual([[2], [2], [2], [2]]);
    expect(variants[3]!.scenario.fleet.start).toEqual({ staggered: 1 });
    expect(variants[3]!.settings).toMatchObject({ fleet: { machines: [2] } });
  });

  it('can be run without the plain scenario', async () => {
    const { variants } = await loadScenario(await aScenarioFile(`plain: false\n${text}`));
    expect(variants.map(({ variant }) => variant)).toEqual(['big', 'capped']);
  });

  it('has its mistakes shown where it stands', async () => {
    expect(await mistakeIn(text.replace('1 GiB', '1 GX'))).toMatch(
      /^FILE:10:25: variants\.big\.image\.size: found `1 GX`/,
    );
  });
});

describe('the digest of a scenario', () => {
  const digestOf = async (text: string, changes: unknown = {}) =>
    (await loadScenario(await aScenarioFile(text), changes)).digest;

  it('does not depend on which machines, seeds, executors and variants there are, nor on the title', async () => {
    const variants = { lossy: { network: { loss: 0.01 } } };
    const asked = { fleet: { machines: [7] }, seeds: [1, 2], executors: ['sim'], title: 'Another', variants };
    expect(await digestOf(PLAIN_SCENARIO, asked)).toBe(await digestOf(PLAIN_SCENARIO));
  });

  it('changes with any setting that shapes a run', async () => {
    const plain = await digestOf(PLAIN_SCENARIO);
    expect(await digestOf(PLAIN_SCENARIO.replace('64 MiB', '65 MiB'))).not.toBe(plain);
    expect(await digestOf(PLAIN_SCENARIO, { fleet: { start: { staggered: '1 s' } } })).not.toBe(plain);
  });
});

describe('the JSON Schema for editors', () => {
  it('is the one in the repository: `npm run schema` writes it', async () => {
    const file = new URL('../../../scenarios/scenario.schema.json', import.meta.url);
    expect(await readFile(file, 'utf8')).toBe(scenarioJsonSchema());
  });
});
