import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { aFolder } from '../../../engine/an-image.ts';
import { aLabScenario, childrenOf, until } from '../local/a-lab.ts';
import { namespacesBy, needsNetns, processesIn, runNetns } from './a-netns-lab.ts';

const SLOW = { server: { up: '64 KiB/s' }, machine: { up: '64 KiB/s' } };

const namespacesOf = (host: RegExp) => namespacesBy(process.pid).filter((name) => host.test(name));

describe('the program of a seeder', () => {
  it.for([
    ['aria2', 'aria2c', 'aria2c', 'aria2c'],
    ['libtorrent', 'python3', 'python3', '/usr/bin/python3'],
    ['multicast', 'udp-sender', 'udp-receiver', 'udp-sender'],
  ] as const)(
    'that dies is a failure of the run: %s',
    async ([transport, seeder, machine, told], context) => {
      needsNetns(context, transport);
      const workFolder = await aFolder();
      const before = await childrenOf(process.pid);
      const scenario = aLabScenario({ network: SLOW, transports: { [transport]: {} } });
      const failed = expect(
        runNetns({ transport, machines: 2, scenario, options: { workFolder } }),
      ).rejects.toMatchObject({
        code: 'PROGRAM',
        message: expect.stringContaining(`${told}: it ended with SIGKILL`),
      });
      // Machines start when the server is ready: from then on nobody asks the seeder for anything.
      await until(() => processesIn(machine, namespacesOf(/-m00\d$/)).length === 2);
      process.kill(processesIn(seeder, namespacesOf(/-server$/))[0]!, 'SIGKILL');
      await failed;
      expect(namespacesBy(process.pid)).toEqual([]);
      expect(await childrenOf(process.pid)).toEqual(before);
      expect(await readdir(workFolder)).toEqual([]);
    },
  );

  it('that ends because nobody is left is none', async (context) => {
    needsNetns(context, 'multicast');
    const transports = { multicast: { dropAfter: '1 s' } };
    const scenario = aLabScenario({ network: SLOW, transports, faults: [{ kill: 1, at: '1 s' }] });
    const { fleet } = await runNetns({ transport: 'multicast', machines: 1, scenario });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([false]);
  });
});
