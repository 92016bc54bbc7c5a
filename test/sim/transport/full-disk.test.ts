import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, PIECE_BYTES, someMachines } from '../a-model.ts';
import { doneTimes, failures, makespanS, sumOf } from '../readings.ts';

const FULL = 'the disk is full';

describe('a disk that is full', () => {
  it.each([1, 2])(
    'ends a stream to the byte, and the others have its rate (raw bytes: %i of wire)',
    (ratio) => {
      const wireBytes = 8 * PIECE_BYTES;
      const machines = [{ roomBytes: 3.25 * ratio * PIECE_BYTES }, {}];
      const model = aModel({ machines, wireBytes, rawBytes: ratio * wireBytes, transport: aUnicast() });
      const result = simulate(model, 1);

      expect(doneTimes(result)).toEqual([null, 6.5 + 4.75]);
      expect(failures(result)).toEqual([FULL, null]);
      expect(result.wastedBytes).toBe(3.25 * PIECE_BYTES);
    },
  );

  it('ends a stream that goes to memory piece by piece', () => {
    const machines = [{ roomBytes: 3.25 * PIECE_BYTES }];
    const disk = { dirtyBytes: 2 * PIECE_BYTES, writeBps: PIECE_BYTES };
    const result = simulate(aModel({ machines, disk, transport: aUnicast() }), 1);

    expect(failures(result)).toEqual([FULL]);
    expect(result.serverUploadedBytes).toBe(3.25 * PIECE_BYTES);
  });

  it('takes the pieces of a swarm that fit, and the next one costs its machine the deployment', () => {
    const machines = [{ roomBytes: 3.5 * PIECE_BYTES }];
    const result = simulate(aModel({ machines, transport: aSwarm({ seederSlots: 1 }) }), 1);

    expect(failures(result)).toEqual([FULL]);
    expect(result.machines[0]!.downloadedBytes).toBe(3 * PIECE_BYTES);
    expect(result.wastedBytes).toBe(PIECE_BYTES);
  });

  it('holds up nobody else of a swarm, and all bytes are counted', () => {
    const plain = aModel({ machines: 6, pieces: 64 });
    const machines = someMachines(6, 1, { roomBytes: 32 * PIECE_BYTES });
    for (const randomSeed of [1, 2, 3]) {
      const result = simulate(aModel({ machines, pieces: 64 }), randomSeed);
      const others = doneTimes(result).slice(1) as number[];

      expect(failures(result)).toEqual([FULL, null, null, null, null, null]);
      expect(Math.max(...others)).toBeLessThan(1.1 * makespanS(simulate(plain, randomSeed)));
      const sent = result.serverUploadedBytes + sumOf(result.machines.map((each) => each.uploadedBytes));
      const received = sumOf(result.machines.map(({ downloadedBytes }) => downloadedBytes));
      expect(received).toBe((5 * 64 + 32) * PIECE_BYTES);
      expect(sent).toBeCloseTo(received + result.wastedBytes, 3);
    }
  });

  it.each([aSwarm(), aUnicast()])('is none where the image just fits: $transport', (transport) => {
    const machines = [{ roomBytes: 8 * PIECE_BYTES }];

    expect(doneTimes(simulate(aModel({ machines, transport }), 1))).toEqual([8]);
  });

  it.each([aSwarm({ seederSlots: 1 }), aUnicast()])(
    'is as full as it was when its machine comes back: $transport',
    (transport) => {
      const machines = [{ roomBytes: 4 * PIECE_BYTES, diesAfterS: 3.5, comesBackAfterS: 10 }];
      const result = simulate(aModel({ machines, transport }), 1);

      expect(failures(result)).toEqual([FULL]);
      expect(result.machines[0]!.downloadedBytes).toBeLessThanOrEqual(4 * PIECE_BYTES);
      expect(result.serverUploadedBytes).toBeLessThanOrEqual(5.5 * PIECE_BYTES);
    },
  );

  it('is refused where the model says nothing of it', () => {
    const machines = [{}, { roomBytes: PIECE_BYTES }];
    const refusal = (wishes: Parameters<typeof aModel>[0]) => () =>
      simulate(aModel({ machines, ...wishes }), 1);

    expect(refusal({ transport: aMulticast() })).toThrow('machines[1].roomBytes: found');
    expect(refusal({ transport: aChain() })).toThrow('machines[1].roomBytes: found');
    expect(refusal({ disk: { isSerialWrite: true } })).toThrow('machines[1].roomBytes: found');
    expect(refusal({ machines: [{ roomBytes: 0 }] })).toThrow('machines[0].roomBytes: found 0');
  });
});
