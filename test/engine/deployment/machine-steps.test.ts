import { assert, integer, property, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertStepsFit,
  assertStepsStay,
  stepsOfMachine,
} from '../../../src/engine/deployment/machine-steps.ts';
import {
  isHostName,
  machineSteps,
  postDeploySteps,
} from '../../../src/engine/deployment/post-deploy-steps.ts';
import type { Manifest } from '../../../src/engine/image/manifest.ts';

const [FIRST, SECOND] = ['52:54:00:00:00:01', '52:54:00:00:00:02'] as const;
const KNOWN = [
  { mac: FIRST, name: 'pc-a' },
  { mac: SECOND, name: null },
];

function nameOf(hostName: string, machine: string, machines: readonly string[] = [SECOND, FIRST]) {
  return stepsOfMachine(postDeploySteps.parse({ hostName }), { machine, machines, known: KNOWN }).hostName;
}

function imageOf(...fileSystems: string[]): Manifest {
  const partitions = fileSystems.map((fileSystem, index) => ({
    number: index + 1,
    startBytes: index,
    fileSystem,
  }));
  return { partitions } as unknown as Manifest;
}

function fits(
  steps: object,
  manifest = imageOf('vfat', 'ext4'),
  machines: readonly string[] = [FIRST, SECOND],
) {
  return () => assertStepsFit(postDeploySteps.parse(steps), manifest, { machines, known: KNOWN });
}

describe('machines that join a deployment', () => {
  const stays = (hostName: string, machines: readonly string[], joining: readonly string[]) => () =>
    assertStepsStay(postDeploySteps.parse({ hostName }), imageOf('ext4'), {
      machines,
      joining,
      known: KNOWN,
    });

  it('change no name that may be on a disk already', () => {
    expect(stays('pc-{number}', [FIRST], [SECOND])).not.toThrow();
    expect(stays('pc-{number}', [FIRST, SECOND], [SECOND])).not.toThrow();
    expect(stays('pc-{id}', [SECOND], [FIRST])).not.toThrow();
    expect(stays('pc-{number}', [SECOND], [FIRST])).toThrow(
      `machines: ${SECOND} is called pc-1 in this deployment, and would be pc-2 with these beside it`,
    );
  });

  it('have names where the template wants some', () => {
    expect(stays('pc-{name}', [FIRST], [SECOND])).toThrow(`${SECOND} has no name for`);
  });
});

describe('the steps that a machine is told of', () => {
  it('have its own host name, of its name, its place in the deployment, or its MAC', () => {
    expect(nameOf('lab-{name}', FIRST)).toBe('lab-pc-a');
    expect(nameOf('pc-{number}', SECOND)).toBe('pc-2');
    expect(nameOf('pc-{number:3}', FIRST)).toBe('pc-001');
    expect(nameOf('n{id}', SECOND)).toBe('n525400000002');
  });

  it('are what the agent reads, and nothing where there are none', () => {
    const steps = postDeploySteps.parse({
      hostName: 'pc-{number}',
      scripts: [{ name: 'own', text: 'true' }],
    });
    const told = stepsOfMachine(steps, { machine: FIRST, machines: [FIRST], known: [] });
    expect(machineSteps.parse(JSON.parse(JSON.stringify(told)))).toEqual({
      ...{ growLastPartition: false, hostName: 'pc-1', efiBootEntry: false },
      scripts: [{ name: 'own', text: 'true', timeoutS: 300 }],
    });
    expect(postDeploySteps.parse({})).toEqual({
      ...{ growLastPartition: false, hostName: null, scripts: [], efiBootEntry: false },
    });
  });

  it('give every machine of a deployment another host name that is one', () => {
    assert(
      property(
        uniqueArray(integer({ min: 0, max: 0xff_ffff }), { minLength: 1, maxLength: 50 }),
        (numbers) => {
          const machines = numbers.map((number) =>
            number.toString(16).padStart(12, '0').match(/../g)!.join(':'),
          );
          const names = machines.map((machine) => nameOf('pc-{number:2}', machine, machines)!);
          expect(new Set(names).size).toBe(machines.length);
          expect(names.every(isHostName)).toBe(true);
        },
      ),
    );
  });
});

describe('steps that cannot be done', () => {
  it.each([
    [
      'growing swap',
      { growLastPartition: true },
      imageOf('ext4', 'swap'),
      /number 2 with swap; what can grow is/,
    ],
    ['naming an image without a system', { hostName: 'pc-{number}' }, imageOf('vfat'), /has no ext2/],
    ['one name for two machines', { hostName: 'pc' }, undefined, /two machines would be called pc/],
    ['the name of a machine that has none', { hostName: '{name}' }, undefined, /:02 has no name for/],
    [
      'a name too long for Windows',
      { hostName: 'classroom-west-{number}' },
      imageOf('ntfs'),
      /Windows takes 15/,
    ],
    ['a name that ends in a dash', { hostName: '{number}-' }, undefined, /`1-` of .* is no host name/],
  ])('are refused before anything is armed: %s', (_, steps, manifest, sentence) => {
    expect(fits(steps, manifest)).toThrow(sentence);
  });

  it('are refused as they are written: a variable that nobody knows, and a step that nobody knows', () => {
    expect(postDeploySteps.safeParse({ hostName: 'pc-{serial}' }).success).toBe(false);
    expect(postDeploySteps.safeParse({ reboot: true }).success).toBe(false);
  });

  it('and those that can are taken', () => {
    expect(fits({ growLastPartition: true, hostName: 'pc-{number}', efiBootEntry: true })).not.toThrow();
  });
});
