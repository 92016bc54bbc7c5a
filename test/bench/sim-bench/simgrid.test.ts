import { describe, expect, it } from 'vitest';
import { holdAgainst } from '../../../src/bench/sim-bench/simgrid/comparison.ts';
import { deploymentFile, platformFile } from '../../../src/bench/sim-bench/simgrid/example-files.ts';
import { ExampleLog } from '../../../src/bench/sim-bench/simgrid/example-log.ts';

describe('the log of SimGrid’s example', () => {
  const log = new ExampleLog();
  for (const line of [
    '1.007806 Received a HANDSHAKE message from 3',
    '2.007806 Received a HAVE message from 3',
    '2.007806 \t for piece 4',
    '3.007806 Received a HAVE message from 3',
    '12.5 3 becomes a seeder',
    '14.25 2 becomes a seeder',
    '30.0 Here is my current status: 1111111111',
    '30.0 Here is my current status: 1111111101',
  ])
    log.read(line);

  it('counts messages by kind', () => expect(log.messages).toEqual({ handshake: 1, have: 2 }));
  it('says when the last peer had everything', () => expect(log.makespanS).toBe(14.25));
  it('counts the peers that had everything at the end', () => expect(log.finished).toBe(1));
});

describe('its files', () => {
  it('a host for the tracker, the seeder and each other peer', () => {
    expect(platformFile(3)).toContain('radical="0-4"');
    expect(deploymentFile(3).match(/function="peer"/g)).toHaveLength(4);
    expect(deploymentFile(3)).toContain('host="node-0" function="tracker"');
  });

  it('one peer alone has everything at the beginning', () => {
    expect(deploymentFile(3).match(/<argument value="1"\/><\/actor>/g)).toHaveLength(1);
  });
});

describe('the comparison', () => {
  const messages = {
    handshake: 10,
    bitfield: 10,
    interested: 0,
    notInterested: 0,
    choke: 0,
    unchoke: 0,
    have: 20,
    request: 5,
    piece: 5,
  };
  const run = {
    name: 'simgrid-1000x10',
    peers: 1000,
    pieces: 10,
    pieceEventsPerCpuS: 1,
    unfinished: 0,
    makespanS: 100,
    messages,
    traceDigest: '',
  };
  const simGrid = {
    version: '3.32-2',
    cpuS: 60,
    peakRssMB: 600,
    makespanS: 90,
    messages: { have: 40, piece: 10 },
  };
  const held = holdAgainst(
    [
      { ...run, cpuS: 0.4, peakRssMB: 120 },
      { ...run, cpuS: 0.5, peakRssMB: 100 },
    ],
    simGrid,
  );

  it('takes the worse of our runs', () => {
    expect(held.cpuS).toMatchObject({ ours: 0.5, simGrid: 60, timesLess: 120, goal: 100 });
    expect(held.peakRssMB).toMatchObject({ ours: 120, timesLess: 5, goal: 5 });
  });

  it('sets messages side by side, each kind and all, and time by message', () => {
    expect(held.messages.have).toEqual({ ours: 20, simGrid: 40, timesLess: 2 });
    expect(held.messages.all).toEqual({ ours: 50, simGrid: 50, timesLess: 1 });
    expect(held.cpuUsPerMessage).toMatchObject({ ours: 10_000, simGrid: 1_200_000 });
  });
});
