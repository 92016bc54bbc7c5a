import { describe, expect, it } from 'vitest';
import { swarmboot } from './swarmboot-process.ts';

describe('bench:sim', () => {
  it('says what a workload took, as JSON', async () => {
    const { code, stdout } = await swarmboot('bench:sim', '--only', 'paper-20x4292', '--json');
    expect(code).toBe(0);
    const { workloads } = JSON.parse(stdout) as { workloads: Record<string, unknown>[] };
    expect(workloads).toHaveLength(1);
    expect(workloads[0]).toMatchObject({ name: 'paper-20x4292', peers: 20, pieces: 4292, unfinished: 0 });
    for (const figure of ['cpuS', 'pieceEventsPerCpuS', 'peakRssMB'])
      expect(workloads[0]![figure]).toBeGreaterThan(0);
  });

  it('lists the workloads to who asks for one that is none', async () => {
    const { code, stderr } = await swarmboot('bench:sim', '--only', 'nothing');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--only: found `nothing`; allowed are `open-1000x1000`/);
  });
});
