import { assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentModel } from '../../../src/sim/deployment-model.ts';
import type { BootModel } from '../../../src/sim/machine/boot-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { bootStormBoundS, tftpBlocks, tftpS } from '../../../src/sim/theory/boot-storm.ts';
import { aModel, aMulticast, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures } from '../readings.ts';
import { aBoot, byHttp, byTftp, dhcp, wait } from './a-boot.ts';
import { lastFetchedS } from './tftp-packets.ts';

type Wishes = Parameters<typeof aModel>[0];

/** When each machine's agent runs [s]; nobody downloads before all are there. */
function bootedS(boot: BootModel, wishes: Wishes = {}): number[] {
  const model = aModel({ machines: 1, transport: aMulticast(), boot, ...wishes });
  return simulate(model, 1).machines.map(({ phases }) => phases.boot![1]);
}

const MiB = PIECE_BYTES;
const latencyS = 1 / 1024;

describe('one machine that boots', () => {
  it('takes its steps one after the other, after its firmware', () => {
    const boot = aBoot([wait(2), byHttp(4 * MiB), wait(1)]);
    expect(bootedS(boot, { phases: { boot: 8 } })).toEqual([8 + 2 + 4 + 1]);
  });

  it('asks DHCP twice, each time there and back', () => {
    expect(bootedS(aBoot([dhcp]), { latencyS })).toEqual([4 * latencyS]);
    expect(bootedS(aBoot([dhcp], { serviceS: 0.25 }), { latencyS })).toEqual([4 * latencyS + 0.5]);
  });

  it('waits a round trip for each block of lock-step TFTP, and one to agree on the block size', () => {
    const bytes = 100.5 * 1024;
    const [time] = bootedS(aBoot([byTftp(bytes)]), { latencyS });
    expect(time).toBeCloseTo((101 + 1) * 2 * latencyS + bytes / LINK_BPS, 12);
  });

  it('waits a round trip for each window of blocks', () => {
    const bytes = 100.5 * 1024;
    const [time] = bootedS(aBoot([byTftp(bytes)], { tftp: { windowBlocks: 4 } }), { latencyS });
    expect(time).toBeCloseTo((26 + 1) * 2 * latencyS + bytes / LINK_BPS, 12);
  });

  it('lets the server make each packet and the client think', () => {
    const bytes = 9.5 * 1024;
    const tftp = { serviceS: 1 / 2048, turnaroundS: 1 / 512 };
    const [time] = bootedS(aBoot([byTftp(bytes)], { tftp }), { latencyS });
    expect(time).toBeCloseTo(11 * (2 * latencyS + 1 / 512) + 10 / 2048 + bytes / LINK_BPS, 12);
  });

  it('connects and asks before a file comes by HTTP, and is held by the cap of a connection', () => {
    const boot = aBoot([byHttp(MiB), byHttp(MiB)]);
    expect(bootedS(boot, { latencyS, connectionCapBps: LINK_BPS / 4 })).toEqual([2 * (4 * latencyS + 4)]);
  });

  it('loads over the links between its site and the server', () => {
    const wan = { upBps: LINK_BPS / 8, downBps: Infinity };
    const sites = [
      { name: 'home', wan },
      { name: 'branch', wan: { upBps: Infinity, downBps: Infinity } },
    ];
    expect(bootedS(aBoot([byHttp(MiB)]), { sites, machines: [{ site: 1 }, {}] })).toEqual([8, 8 / 7]);
  });
});

describe('a boot storm', () => {
  it('takes n times the bytes over the server’s link, and no less', () => {
    const steps = [byTftp(MiB), byHttp(3 * MiB)];
    expect(bootedS(aBoot(steps), { machines: 20 })).toEqual(Array.from({ length: 20 }, () => 80));
  });

  it('is never over sooner than its bound', () => {
    const any = record({
      machines: integer({ min: 1, max: 12 }),
      tftpBytes: integer({ min: 1, max: 60_000 }),
      httpBytes: integer({ min: 1, max: 600_000 }),
      messageMs: integer({ min: 0, max: 20 }),
      packetUs: integer({ min: 0, max: 2000 }),
    });
    assert(
      property(any, ({ machines, tftpBytes, httpBytes, messageMs, packetUs }) => {
        const [serviceS, packetS] = [messageMs / 1000, packetUs / 1e6];
        const boot = aBoot([dhcp, byTftp(tftpBytes), dhcp, byHttp(httpBytes)], {
          serviceS,
          tftp: { serviceS: packetS },
        });
        const bound = bootStormBoundS({
          machines,
          bytes: tftpBytes + httpBytes,
          upBps: LINK_BPS,
          packets: tftpBytes / 1024,
          packetS,
          messages: 4,
          messageS: serviceS,
        });
        expect(Math.max(...bootedS(boot, { machines, latencyS }))).toBeGreaterThanOrEqual(bound * (1 - 1e-9));
      }),
    );
  });

  it('is as long as packet by packet, but for two round trips and, for each machine, a window and a packet', () => {
    const any = record({
      machines: integer({ min: 1, max: 30 }),
      bytes: integer({ min: 1000, max: 200_000 }),
      windowBlocks: integer({ min: 1, max: 8 }),
      latencyUs: integer({ min: 1, max: 1000 }),
      turnaroundUs: integer({ min: 0, max: 1000 }),
      serviceUs: integer({ min: 0, max: 200 }),
      rateKBps: integer({ min: 500, max: 100_000 }),
    });
    assert(
      property(any, ({ machines, bytes, windowBlocks, latencyUs, turnaroundUs, serviceUs, rateKBps }) => {
        const tftp = {
          blockBytes: 1432,
          windowBlocks,
          turnaroundS: turnaroundUs / 1e6,
          serviceS: serviceUs / 1e6,
        };
        const [way, rateBps] = [{ latencyS: latencyUs / 1e6 }, rateKBps * 1000];
        const packetsS = lastFetchedS({ machines, bytes, rateBps, ...tftp, ...way });
        const link = { upBps: rateBps, downBps: Infinity };
        const flowsS = Math.max(...bootedS(aBoot([byTftp(bytes)], { tftp }), { machines, link, ...way }));
        const packetS = tftp.blockBytes / rateBps + tftp.serviceS;
        expect(flowsS).toBeLessThanOrEqual(packetsS + packetS);
        const roundTripS = 2 * way.latencyS + tftp.turnaroundS;
        expect(packetsS).toBeLessThanOrEqual(
          flowsS + 2 * roundTripS + machines * (windowBlocks + 1) * packetS,
        );
      }),
    );
  });

  it('lets few lock-step machines load as if they were alone', () => {
    const boot = aBoot([byTftp(50.5 * 1024)]);
    const alone = bootedS(boot, { latencyS });
    // Each uses a third of the link: 1 KiB in two round trips' halves and the time that it is sent in.
    expect(bootedS(boot, { machines: 3, latencyS })).toEqual([...alone, ...alone, ...alone]);
    expect(bootedS(boot, { machines: 4, latencyS })[0]).toBeGreaterThan(alone[0]!);
  });

  it('stands in line at the DHCP server: discoveries first, then requests', () => {
    expect(bootedS(aBoot([dhcp], { serviceS: 0.5 }), { machines: 4 })).toEqual([2.5, 3, 3.5, 4]);
  });

  it('has no line where machines come slower than they are answered', () => {
    const arrival = { kind: 'staggered', intervalS: 1 } as const;
    expect(bootedS(aBoot([dhcp], { serviceS: 0.5 }), { machines: 4, arrival })).toEqual([1, 2, 3, 4]);
  });

  it('is held up by the processor of the TFTP server where that is slower than its link', () => {
    const boot = aBoot([byTftp(63.5 * 1024)], { tftp: { serviceS: 1 / 64 } });
    for (const time of bootedS(boot, { machines: 8 })) expect(time).toBeCloseTo((8 * 63.5) / 64, 9);
  });

  it.each(['tftp', 'http'] as const)('lets so many transfers in at a time by %s, the others wait', (kind) => {
    const wishes = kind === 'tftp' ? { tftp: { transfers: 2 } } : { httpTransfers: 2 };
    expect(bootedS(aBoot([{ kind, bytes: MiB }], wishes), { machines: 5 })).toEqual([2, 2, 4, 4, 5]);
  });

  it('takes from the uplink what those need who download already', () => {
    const arrival = { kind: 'staggered', intervalS: 4 } as const;
    const storm = simulate(
      aModel({ machines: 2, arrival, transport: aUnicast(), pieces: 8, boot: aBoot([byHttp(2 * MiB)]) }),
      1,
    );
    // The second boots at half the rate beside the download of the first.
    expect(storm.machines.map(({ phases }) => phases)).toEqual([
      { boot: [0, 2], download: [2, 16] },
      { boot: [4, 8], download: [8, 20] },
    ]);
  });

  it('starts the transfer when the first machine is there, wherever the storm holds up the others', () => {
    const boot = aBoot([byHttp(2 * MiB)], { httpTransfers: 1 });
    const { barrierS } = simulate(
      aModel({ machines: 3, transport: aUnicast(), boot, phases: { boot: 1, metainfo: 4 } }),
      1,
    );
    expect(barrierS).toBe(1 + 2 + 4);
  });
});

describe('a machine that boots while a link is not what it is as a rule', () => {
  const link = { upBps: LINK_BPS, downBps: LINK_BPS };
  const boot = aBoot([byTftp(PIECE_BYTES)], { tftp: { windowBlocks: 16 } });
  const late = { joinsAfterS: 2 };
  const bootedS = (changes: Parameters<typeof aModel>[0], machine = late) => {
    const model = aModel({ link, latencyS: 0.0001, boot, machines: [{}, machine], ...changes });
    return simulate(model, 1).machines[1]!.phases.boot![1];
  };

  it('fetches its file when the cable is back, as quickly as any', () => {
    const outS = 2.5;
    const serverLinkChanges = [
      { atS: 1.5, link: { upBps: 0, downBps: 0 } },
      { atS: late.joinsAfterS + outS, link },
    ];
    // Times count from the start of the transfer, when the first machine has booted.
    expect(bootedS({ serverLinkChanges }) - bootedS({})).toBeCloseTo(outS, 1);
  });

  it('is as slow as its link for as long as that lasts', () => {
    const slow = { upBps: LINK_BPS / 100, downBps: LINK_BPS / 100 };
    const linkChanges = [
      { atS: 1.5, link: slow },
      { atS: 4.5, link },
    ];
    const lateS = bootedS({}, { ...late, linkChanges } as never) - bootedS({});
    expect(lateS).toBeGreaterThan(2.3);
    expect(lateS).toBeLessThan(2.5);
  });
});

describe('a machine that dies while it boots', () => {
  /** Two machines of which the second is late and dies `diesAfterS` after the first could download. */
  function twoOfWhichOneDies(boot: BootModel, diesAfterS: number): DeploymentModel {
    const arrival = { kind: 'staggered', intervalS: 4 } as const;
    return aModel({
      machines: [{}, { diesAfterS }],
      arrival,
      transport: aMulticast(),
      boot,
      phases: { metainfo: 1 },
    });
  }

  it('is not waited for, and its share of the link goes to the others', () => {
    const model = twoOfWhichOneDies(aBoot([byHttp(2 * MiB)]), 2);
    const result = simulate(model, 1);
    expect(result.machines[1]!.phases).toEqual({});
    expect(failures(result)).toEqual([null, 'it was killed, as the scenario asks']);
    expect(doneTimes(result)).toEqual([5 + 8, null]);
  });

  it('leaves its place in line', () => {
    const machines = [{}, { diesAfterS: 1 }, {}];
    const boot = aBoot([byHttp(4 * MiB)], { httpTransfers: 1 });
    const link = { upBps: LINK_BPS, downBps: Infinity };
    const { machines: results } = simulate(
      aModel({ machines, boot, link, pieces: 4, transport: aUnicast(1) }),
      1,
    );
    // The second would load from 4 to 12 beside the download of the first; it dies at 5, and the third follows.
    expect(results[1]!.phases).toEqual({});
    expect(results[2]!.phases.boot![0]).toBe(0);
    expect(results[2]!.phases.boot![1]).toBeLessThan(13);
  });

  it('is forgotten by the DHCP server, whose line goes on', () => {
    const model = aModel({
      machines: [{}, { diesAfterS: 0.25 }, {}],
      transport: aUnicast(),
      boot: aBoot([dhcp], { serviceS: 1 }),
    });
    const { machines } = simulate(model, 1);
    expect(machines.map(({ phases }) => phases.boot?.[1])).toEqual([4, undefined, 6]);
  });
});

describe('blocks of TFTP', () => {
  it('end with one that is not full, which may be empty', () => {
    expect([511, 512, 513].map((bytes) => tftpBlocks(bytes, 512))).toEqual([1, 2, 2]);
  });

  it('take no round trip to be agreed on where they are plain', () => {
    const transfer = { bytes: 5000, windowBlocks: 1, roundTripS: 1, serviceS: 0, rateBps: Infinity };
    expect(tftpS({ ...transfer, blockBytes: 512 })).toBe(10);
    expect(tftpS({ ...transfer, blockBytes: 1024 })).toBe(1 + 5);
    expect(tftpS({ ...transfer, blockBytes: 512, windowBlocks: 2 })).toBe(1 + 5);
  });
});
