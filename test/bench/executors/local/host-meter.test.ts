import { describe, expect, it } from 'vitest';
import { HostMeter } from '../../../../src/bench/executors/local/host-meter.ts';

const GONE = { cpuS: null, peakMemoryBytes: null };

describe('what a host uses', () => {
  it('is the processor time between its first and its last reading, to the tick of the clock', () => {
    const meter = new HostMeter();
    for (const cpuS of [0.5, 1.25, 2.754]) meter.read({ cpuS, peakMemoryBytes: null });
    expect(meter.use).toEqual({ cpuS: 2.25 });
  });

  it('is what was read last of a process that is gone', () => {
    const meter = new HostMeter();
    meter.read({ cpuS: 1, peakMemoryBytes: { agent: 70 } });
    meter.read({ cpuS: 3, peakMemoryBytes: { agent: 90 } });
    meter.read(GONE);
    expect(meter.use).toEqual({ cpuS: 2, peakMemoryBytes: { agent: 90 } });
  });

  it('is the most memory of each process, whether it is still there at the end or not', () => {
    const meter = new HostMeter();
    meter.read({ cpuS: 1, peakMemoryBytes: { agent: 70, aria2c: 30 } });
    meter.read({ cpuS: 1, peakMemoryBytes: { agent: 60 } });
    expect(meter.use.peakMemoryBytes).toEqual({ agent: 70, aria2c: 30 });
  });

  it('is the difference of its link counters', () => {
    const meter = new HostMeter();
    meter.linkRead({ upBytes: 10, downBytes: 100 });
    meter.linkRead({ upBytes: 15, downBytes: 250 });
    expect(meter.use).toEqual({ link: { upBytes: 5, downBytes: 150 } });
  });

  it('is nothing where nothing could be read, and nothing more once it is closed', () => {
    const meter = new HostMeter();
    meter.read(GONE);
    meter.close();
    meter.read({ cpuS: 1, peakMemoryBytes: { agent: 70 } });
    meter.linkRead({ upBytes: 10, downBytes: 100 });
    expect(meter.use).toEqual({});
  });
});
