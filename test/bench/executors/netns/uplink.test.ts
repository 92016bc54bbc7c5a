import { describe, expect, it } from 'vitest';
import { reshapedUplink, shapedUplink, type Uplink } from '../../../../src/bench/executors/netns/uplink.ts';

const anUplink = (goodputBps: number, capBps = Infinity): Uplink => ({
  goodputBps,
  capBps,
  addresses: ['10.83.0.2', '10.83.0.3'],
});
const classesIn = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('class ')).map((line) => line.replace(/^class (add|change) /, ''));

describe('the uplink of a host in the netns lab', () => {
  it('has a class for each other host, which are sure of no more than the link and may have all of it', () => {
    const [link, ...parts] = classesIn(shapedUplink(anUplink(3e6)));
    const bitsOf = (line: string, what: string) => Number(new RegExp(`${what} (\\d+)bit`).exec(line)![1]);
    const linkBits = bitsOf(link!, 'rate');
    expect(parts).toHaveLength(3);
    expect(parts.reduce((sum, part) => sum + bitsOf(part, 'rate'), 0)).toBeLessThanOrEqual(linkBits);
    for (const part of parts) expect(bitsOf(part, 'ceil')).toBe(linkBits);
  });

  it('is left alone without a limit, and has only caps where there are just these', () => {
    expect(shapedUplink(anUplink(Infinity))).toEqual([]);
    expect(shapedUplink(anUplink(Infinity, 1e6))).not.toEqual([]);
  });

  it('has after a change the classes that it would have had from the start, and loses no packet by that', () => {
    const lines = reshapedUplink(anUplink(3e6), anUplink(1e6));
    expect(classesIn(lines)).toEqual(classesIn(shapedUplink(anUplink(1e6))));
    expect(lines.filter((line) => !line.startsWith('class change '))).toEqual([]);
  });

  it('gets its limit in the middle of a run, and loses it', () => {
    expect(reshapedUplink(anUplink(Infinity), anUplink(1e6))).toEqual(shapedUplink(anUplink(1e6)));
    expect(reshapedUplink(anUplink(1e6), anUplink(Infinity))).toEqual(['qdisc del dev eth0 root']);
  });
});
