import { describe, expect, it } from 'vitest';
import { unsupportedByHardware } from '../../../../src/bench/executors/hardware/hardware-limits.ts';
import { aScenario } from '../a-run.ts';

function refusedWith(p2p: object): string[] {
  return unsupportedByHardware(aScenario({ transports: { p2p } })).map((reason) => reason.split(':')[0]!);
}

describe('a deployment of real machines', () => {
  it.each([{ up: '1 MiB/s' }, { use: 'always' }])(
    'refuses a web seed that is not its server’s: %s',
    (webSeed) => {
      expect(refusedWith({ webSeed })).toEqual(['transports.p2p.webSeed']);
    },
  );

  it('refuses peer exchange, which its private torrents do without', () => {
    expect(refusedWith({ pex: true })).toEqual(['transports.p2p.pex']);
    expect(refusedWith({ pex: false })).toEqual([]);
  });

  it('has a web seed by itself', () => {
    expect(refusedWith({ webSeed: {} })).toEqual([]);
  });
});
