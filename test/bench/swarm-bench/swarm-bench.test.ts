import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellOf, timesBound } from '../../../src/bench/swarm-bench/figure.ts';
import { goalRow, verdictOf } from '../../../src/bench/swarm-bench/goal.ts';
import { runSwarmBench } from '../../../src/bench/swarm-bench/swarm-bench.ts';
import type { SwarmCase } from '../../../src/bench/swarm-bench/swarm-case.ts';
import { aFolder } from '../../engine/an-image.ts';
import { aWatch } from '../executors/a-run.ts';
import { needsNetns } from '../executors/netns/a-netns-lab.ts';

/** A run of two machines takes a second by P2P; no lab makes a multicast sender wait. */
const TINY = `\
name: tiny
title: Two machines
executors: [netns]
image: { size: 4 MiB, pieceLength: 64 KiB }
network:
  server: { up: 32 Mbit/s, down: 32 Mbit/s }
  machine: { up: 32 Mbit/s, down: 32 Mbit/s }
fleet: { machines: [2] }
transports: { p2p: {}, multicast: { wait: 1 s } }
`;

const tinyCase: SwarmCase = {
  name: 'tiny',
  scenario: 'tiny',
  rows({ records }) {
    const row = (transport: 'p2p' | 'multicast') => {
      const detail = cellOf(records, { transport, machines: 2 });
      return goalRow(transport, { atMost: 20 }, { figure: timesBound(detail), details: [detail] });
    };
    return [row('p2p'), row('multicast')];
  },
};

describe('the comparison of swarms', () => {
  it('runs each cell as often as asked, judges it, makes a report, and leaves out what cannot be run', async (context) => {
    needsNetns(context);
    const [scenarios, out, workFolder] = await Promise.all([aFolder(), aFolder(), aFolder()]);
    await writeFile(join(scenarios, 'tiny.yaml'), TINY);
    const told: string[] = [];
    const results = await runSwarmBench(
      { cases: [tinyCase], repeats: 2, out, workFolder, scenarios },
      {
        ...aWatch(),
        caseStarted: (name, leftOut) => told.push(`${name} without ${leftOut.map((each) => each.transport)}`),
        runStarted: ({ run }) => told.push(`${run.transport} ${run.randomSeed}`),
        runEnded() {},
        runLeftOut() {},
      },
    );
    expect(told).toEqual(['tiny without multicast', 'p2p 1', 'p2p 2']);
    const [{ rows, records, leftOut, folder }] = results as [(typeof results)[0]];
    expect(rows.map((row) => [row.what, verdictOf(row), row.runs])).toEqual([
      ['p2p', 'met', 2],
      ['multicast', 'not measured', 0],
    ]);
    expect(leftOut.map(({ reason }) => reason.split(':')[0])).toEqual(['transports.multicast.wait']);
    for (const { serverLink, serverCpuS, busyShare, fleet } of records) {
      expect(serverLink!.upBytes).toBeGreaterThan(4 * 2 ** 20);
      expect(serverCpuS).toBeGreaterThan(0);
      expect(busyShare).toBeGreaterThan(0);
      expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true]);
    }
    expect(folder).toBe(join(out, 'tiny'));
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(['index.html', 'records.jsonl', 'report.md']),
    );
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toMatch(
      /Not run on this computer: transports\.multicast\.wait/,
    );
    expect(await readdir(workFolder)).toEqual([]);
  });
});
