import { describe, expect, it } from 'vitest';
import { assertKnownAtBoot, machineId, machinesMeant } from '../../../src/engine/deployment/machine-words.ts';
import type { Machine } from '../../../src/engine/deployment/stored-machines.ts';

function aMachine(mac: string, name: string | null, ...tags: string[]): Machine {
  return { mac, name, tags, facts: null, firstSeen: '', lastSeen: '' };
}

const KNOWN = [
  aMachine('52:54:00:00:00:01', 'pc-1', 'room-7'),
  aMachine('52:54:00:00:00:02', 'pc-2', 'room-7', 'spare'),
  aMachine('52:54:00:00:00:03', null),
];

describe('a word for machines', () => {
  it.each([
    ['52:54:00:AB:cd:01', '52:54:00:ab:cd:01'],
    ['52-54-00-AB-CD-01', '52:54:00:ab:cd:01'],
    ['5254.00ab.cd01', '52:54:00:ab:cd:01'],
    ['6F9619FF-8B86-D011-B42D-00C04FC964FF', '6f9619ff-8b86-d011-b42d-00c04fc964ff'],
    ['pc-1', undefined],
    ['52:54:00:ab:cd', undefined],
    ['52:54:00:ab:cd:0g', undefined],
  ])('is an id in any notation: %s', (word, id) => {
    expect(machineId(word)).toBe(id);
  });

  it('may be a name, or a tag for all that have it; each machine is meant once', () => {
    expect(machinesMeant(['pc-2', 'tag:room-7'], KNOWN)).toEqual(['52:54:00:00:00:02', '52:54:00:00:00:01']);
  });

  it('means a machine once that has two cards, each of which has tried to boot', () => {
    const uuid = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
    const ids = ['52:54:00:00:00:01', '52:54:00:00:00:02', uuid];
    const known = KNOWN.map((machine) =>
      ids.includes(machine.mac) ? { ...machine, facts: { ids } } : machine,
    );
    expect(machinesMeant(['tag:room-7'], known)).toEqual(['52:54:00:00:00:01']);
    assertKnownAtBoot([uuid], known);
  });

  it('that two machines have in common names neither', () => {
    const uuid = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
    const known = KNOWN.map((machine) => ({ ...machine, facts: { ids: [machine.mac, uuid] } }));
    expect(() => assertKnownAtBoot([uuid], known)).toThrow(`two machines have the id ${uuid}`);
    assertKnownAtBoot(['52:54:00:00:00:01', '52:54:00:00:00:02'], known);
  });

  it('that means nobody is a mistake that says what there is', () => {
    expect(() => machinesMeant(['pc-9'], KNOWN)).toThrow('no machine has this name; there is pc-1, pc-2');
    expect(() => machinesMeant(['tag:room-8'], KNOWN)).toThrow(
      'no machine has this tag; there is tag:room-7, tag:spare',
    );
  });
});
