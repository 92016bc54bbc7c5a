import { describe, expect, it, onTestFinished } from 'vitest';
import type { PlannedRun } from '../../../src/bench/executors/executor.ts';
import { unexpectedFailures } from '../../../src/bench/executors/fleet.ts';
import { simExecutor } from '../../../src/bench/executors/sim/sim-executor.ts';
import type { Probe } from '../../../src/bench/probe/probe.ts';
import { readVersions } from '../../../src/bench/record/host-reader.ts';
import type { Transport } from '../../../src/bench/record/run-record.ts';
import { aCost, aProbe } from '../probe/a-probe.ts';
import { aRun, aScenario, aWatch } from './a-run.ts';

function anExecutor() {
  const executor = simExecutor();
  onTestFinished(() => executor.close!());
  return executor;
}

const simulated = (run: Partial<PlannedRun>) => anExecutor().run(aRun(run), aWatch());

const LINKS = { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' } };

describe('the simulator as an executor', () => {
  it('gives phases, bytes by sender and a digest', async () => {
    const { fleet, serverUploadedBytes, traceDigest, barrierS } = await simulated({
      scenario: aScenario({ phases: { boot: '10 s' }, disk: { read: '8 MiB/s' } }),
      transport: 'unicast',
      machines: 2,
    });
    expect(barrierS).toBe(10);
    expect(serverUploadedBytes).toBe(2 * 64 * 2 ** 20);
    expect(traceDigest).toMatch(/^[0-9a-f]{16}-\d+$/);
    expect(fleet[1]).toEqual({
      machine: 'm002',
      poweredOnS: 0,
      doneS: 27,
      phases: { boot: [0, 10], download: [10, 26], verify: [26, 27] },
      uploadedBytes: 0,
      downloadedBytes: 64 * 2 ** 20,
      receivedFrom: { server: 64 * 2 ** 20 },
      isVerified: true,
      failure: null,
    });
  });

  it('reads back beside the download what our agent does, and not what programs of Clonezilla do', async () => {
    const verifiedS = async (transport: Transport) => {
      const scenario = aScenario({ disk: { read: '8 MiB/s' }, transports: { [transport]: {} } });
      const [start, end] = (await simulated({ scenario, transport })).fleet[0]!.phases.verify!;
      return end - start;
    };
    expect(await verifiedS('clonezilla-unicast')).toBeCloseTo(8, 9);
    expect(await verifiedS('unicast')).toBeLessThan(4);
  });

  it('says which of its transports the probe tells of', async () => {
    const executor = simExecutor(aProbe({ p2p: aCost() }));
    onTestFinished(() => executor.close!());
    const wordsOf = async (transport: Transport) =>
      (await executor.run(aRun({ transport }), aWatch())).limitations.join(' ');
    const measuredWords = 'Simulated phases, start-up and read-back are those of one machine';
    const unknownWords = 'The probe of 2026-01-02 does not tell of';
    expect(await wordsOf('p2p')).toContain(measuredWords);
    expect(await wordsOf('p2p')).not.toContain(unknownWords);
    const words = await wordsOf('clonezilla-unicast');
    expect(words).toContain(`${unknownWords} Clonezilla unicast: it is simulated as the scenario says.`);
    expect(words).toContain('Its programs take no time to start');
    expect(words).not.toContain(measuredWords);
  });

  it('says what the probe has measured where that is not what makes the runs', async () => {
    const limitationsWith = async (changes: Partial<Probe>) => {
      const executor = simExecutor(aProbe({ p2p: aCost() }, changes));
      onTestFinished(() => executor.close!());
      return (await executor.run(aRun(), aWatch())).limitations.join(' ');
    };
    const { code } = readVersions();
    const versions = { ...readVersions(), aria2: '1.36' };
    expect(await limitationsWith({ versions })).not.toContain('The probe of');
    expect(await limitationsWith({ versions: { ...versions, code: 'older' } })).toContain(
      `The probe of 2026-01-02 has measured code older and not ${code}`,
    );
    expect(await limitationsWith({})).toContain('The probe of 2026-01-02 does not say which code');
  });

  it('prints a tolerance as it was written', async () => {
    const scenario = aScenario({ network: { ...LINKS, tolerance: '7 %' } });
    const { limitations } = await simulated({ scenario });
    expect(limitations.join(' ')).toContain('Changes of a rate below 7 % were not passed on');
  });

  it('counts packets that are lost on the links between sites, too', async () => {
    const wan = { up: '1 MiB/s', down: '1 MiB/s' };
    const sites = ['near', 'far'].map((name) => ({ name, machines: name === 'far' ? 1 : 0, wan }));
    const takesS = async (loss: number) => {
      const scenario = aScenario({ network: { ...LINKS, sites, loss } });
      const { fleet } = await simulated({ scenario, transport: 'unicast', machines: 1 });
      return fleet[0]!.phases.download![1] - fleet[0]!.phases.download![0];
    };
    expect((await takesS(0.05)) / (await takesS(0))).toBeCloseTo(1 / 0.95, 3);
  });

  it('gives the same digest for the same random seed, and another for another', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((randomSeed) => simulated({ randomSeed })));
    expect(again!.traceDigest).toBe(first!.traceDigest);
    expect(other!.traceDigest).not.toBe(first!.traceDigest);
  });

  it('kills and slows the machines that the scenario says, and expects no more of them', async () => {
    const scenario = aScenario({
      faults: [
        { kill: 1, at: '2 s' },
        { slow: 1, to: '4 MiB/s' },
      ],
    });
    const { fleet } = await simulated({ scenario, transport: 'unicast', machines: 4 });
    expect(fleet.map(({ doneS }) => doneS === null)).toEqual([false, false, false, true]);
    expect(fleet[3]!.failure).toBe('it was killed, as the scenario asks');
    expect(unexpectedFailures(scenario, { transport: 'unicast', fleet })).toEqual([]);
    expect(unexpectedFailures(aScenario(), { transport: 'unicast', fleet })).toHaveLength(1);
  });

  it('powers machines on later that join, and counts from the start of the transfer', async () => {
    const scenario = aScenario({ phases: { boot: '10 s' }, faults: [{ join: 1, at: '6 s' }] });
    const { fleet, barrierS } = await simulated({ scenario, machines: 3 });
    expect(fleet.map(({ poweredOnS }) => poweredOnS)).toEqual([0, 0, barrierS + 6]);
    expect(fleet.every(({ isVerified }) => isVerified)).toBe(true);
    expect(fleet[2]!.phases.download![0]).toBe(26);
  });

  it('lets the swarm go on when the seeder leaves after so many copies, and not when that is too early', async () => {
    const copy = 64 * 2 ** 20;
    const withFaults = (...faults: unknown[]) =>
      simulated({ scenario: aScenario({ faults, fleet: { machines: [8] } }), machines: 8 });
    const join = { join: 4, at: '6 s' };
    const [stayed, left, tooEarly] = await Promise.all([
      withFaults(join),
      withFaults(join, { seederLeaves: 1.1 }),
      withFaults(join, { seederLeaves: 0.5 }),
    ]);
    expect(stayed!.serverUploadedBytes! / copy).toBeGreaterThan(1.3);
    expect(left!.serverUploadedBytes! / copy).toBeGreaterThanOrEqual(1.1);
    // What was on its way when it left: less than a piece in each of its five slots.
    expect(left!.serverUploadedBytes! / copy).toBeLessThan(1.1 + 6 / 64);
    expect(left!.fleet.every(({ isVerified }) => isVerified)).toBe(true);
    expect(tooEarly!.fleet.every(({ failure }) => failure?.startsWith('the deployment stalled'))).toBe(true);
  });

  it('refuses a seeder that leaves where nothing comes but from it', () => {
    const scenario = aScenario({ faults: [{ seederLeaves: 1.1 }] });
    const refused = (['p2p', 'unicast', 'multicast', 'chain'] as const).filter(
      (transport) => simExecutor().unsupported(scenario, transport).length > 0,
    );
    expect(refused).toEqual(['unicast', 'multicast', 'chain']);
  });

  it('puts machines at the sites by their shares', async () => {
    const sites = [
      { name: 'here', machines: '50 %', wan: { up: '1 MiB/s' } },
      { name: 'there', machines: '50 %', wan: { up: '1 MiB/s', down: '1 MiB/s' } },
    ];
    const network = { server: { up: '80 MiB/s' }, machine: { up: '8 MiB/s' }, sites };
    const { fleet } = await simulated({
      scenario: aScenario({ network }),
      transport: 'unicast',
      machines: 4,
    });
    expect(fleet.map(({ doneS }) => doneS! > 100)).toEqual([false, false, true, true]);
  });

  it('has seeders beside the server: machines at the sites that are named, or at that of the server', async () => {
    const wan = { up: '1 kB/s', down: '1 kB/s' };
    const sites = [
      { name: 'here', machines: '0 %', wan },
      { name: 'there', machines: '100 %', wan },
    ];
    const link = { up: '8 MiB/s' };
    const network = { server: link, machine: link, sites };
    const p2p = { uploadSlots: 1, seederSlots: 1 };
    const [at, beside] = await Promise.all([
      simulated({
        scenario: aScenario({ network, transports: { p2p: { ...p2p, seeders: ['there'] } } }),
        machines: 1,
      }),
      simulated({ scenario: aScenario({ transports: { p2p: { ...p2p, seeders: 3 } } }), machines: 1 }),
    ]);
    expect(at.fleet[0]).toMatchObject({ doneS: 8, receivedFrom: { 'seeder 1': 64 * 2 ** 20 } });
    expect(at.serverUploadedBytes).toBe(0);
    expect(at.seedersUploadedBytes).toBe(64 * 2 ** 20);
    expect(beside.fleet[0]!.doneS).toBe(2);
    expect(beside.seedersUploadedBytes).toBe(48 * 2 ** 20);
    expect((await simulated({})).seedersUploadedBytes).toBeUndefined();
  });

  it('has a web seed: the server over its link, or a host of its own, each by its name', async () => {
    const p2p = { uploadSlots: 1, seederSlots: 1, seeders: 1 };
    const by = (
      webSeed: object,
      network: object = { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' } },
    ) =>
      simulated({ scenario: aScenario({ network, transports: { p2p: { ...p2p, webSeed } } }), machines: 1 });
    const [own, host, lossy] = await Promise.all([
      by({ use: 'always' }),
      by({ up: '16 MiB/s', use: 'always' }),
      by(
        { up: '8 MiB/s', use: 'always' },
        { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' }, loss: '50 %' },
      ),
    ]);
    expect(own.fleet[0]!.doneS).toBe(4);
    expect(Object.keys(own.fleet[0]!.receivedFrom!).sort()).toEqual(['seeder 1', 'server', 'web seed']);
    expect(own.serverUploadedBytes).toBe(32 * 2 ** 20);
    expect(own.seedersUploadedBytes).toBe(32 * 2 ** 20);
    expect(host.fleet[0]!.doneS).toBe(2);
    expect(host.fleet[0]!.receivedFrom!['web seed']).toBe(32 * 2 ** 20);
    expect(host.seedersUploadedBytes).toBe(48 * 2 ** 20);
    expect(lossy.fleet[0]!.doneS).toBeCloseTo(16 / 3, 0);
  });

  it('has all that goes from host to host pass the switch, and what TCP sends again twice', async () => {
    const link = { up: '64 MiB/s', down: '64 MiB/s' };
    const doneS = async (transport: Transport, changes: object = {}) => {
      const network = { server: link, machine: link, backplane: '8 MiB/s', ...changes };
      const { fleet } = await simulated({ scenario: aScenario({ network }), transport, machines: 2 });
      return Math.max(...fleet.map((machine) => machine.doneS!));
    };
    const [unicast, lossy, multicast] = await Promise.all([
      doneS('unicast'),
      doneS('unicast', { loss: '20 %' }),
      doneS('multicast'),
    ]);
    expect(unicast).toBe(16);
    expect(lossy).toBeCloseTo(20, 9);
    expect(multicast).toBe(8);
  });

  it('has machines with few connections, which ask the tracker again', async () => {
    const link = { up: '8 MiB/s', down: '8 MiB/s' };
    const network = { server: link, machine: link };
    const lastS = async (p2p: object) => {
      const { fleet } = await simulated({
        scenario: aScenario({ network, transports: { p2p } }),
        machines: 20,
      });
      return Math.max(...fleet.map(({ doneS }) => doneS ?? Infinity));
    };
    const [free, few, asking] = await Promise.all([
      lastS({}),
      lastS({ maxConnections: 8 }),
      lastS({ maxConnections: 8, announceInterval: '0.5 s' }),
    ]);
    expect(few).toBeGreaterThan(asking);
    expect(asking).toBeGreaterThan(free);
  });

  it('has peers that tell each other of others, also when the tracker is gone', async () => {
    const link = { up: '8 MiB/s', down: '8 MiB/s' };
    const network = { server: link, machine: link };
    const lastS = async (p2p: object, faults: unknown[] = []) => {
      const { fleet } = await simulated({
        scenario: aScenario({ network, faults, transports: { p2p: { maxConnections: 8, ...p2p } } }),
        machines: 20,
      });
      return Math.max(...fleet.map(({ doneS }) => doneS ?? Infinity));
    };
    const announceInterval = '0.5 s';
    const gone = [{ stop: 'tracker', at: '0.1 s' }];
    const [few, told, asking, gonePlain, goneTold] = await Promise.all([
      lastS({}),
      lastS({ pex: true }),
      lastS({ announceInterval }),
      lastS({ announceInterval }, gone),
      lastS({ announceInterval, pex: '0.5 s' }, gone),
    ]);
    expect(told).toBeLessThan(few);
    expect(asking).toBeLessThan(gonePlain);
    expect(goneTold).toBeLessThan(gonePlain);
  });

  it.each(['grants', 'classic'])(
    'has machines that look for others and come back, as the server does: %s',
    async (choker) => {
      const p2p = { choker, maxConnections: 8, announceInterval: '0.25 s', pex: '1 s' };
      const back = [
        { kill: 2, at: '0.5 s', back: '1 s' },
        { stop: 'server', at: '1 s', for: '0.5 s' },
      ];
      const last = async (faults: unknown[]) => {
        const scenario = aScenario({ transports: { p2p }, faults });
        const { fleet } = await simulated({ scenario, machines: 8 });
        return fleet.map(({ doneS }) => doneS);
      };
      expect(await last(back)).not.toContain(null);
      // Who comes back when the tracker is gone finds nobody.
      const gone = await last([...back.slice(0, 1), { stop: 'tracker', at: '1 s' }]);
      expect(gone.filter((doneS) => doneS === null)).toHaveLength(2);
    },
  );

  it.each([
    ['p2p', 'find it when our client next asks the tracker'],
    ['chain', 'find it when our client next asks the tracker'],
    ['unicast', 'has lost the deployment'],
  ] as const)('tells what becomes of a server that is started again, by %s', async (transport, words) => {
    const faults = [{ stop: 'server', at: '1 s', for: '0.5 s' }];
    const scenario = aScenario({ faults, transports: { p2p: {}, chain: {}, unicast: {} } });
    const { limitations } = await simulated({ scenario, transport, machines: 2 });
    const told = limitations.filter((limitation) => limitation.includes('faults.stop.server'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(words);
    expect(told[0]).not.toContain('at once');
  });

  it('repairs a multicast by the swarm where the scenario says so, and tells what it supposes', async () => {
    const link = { up: '8 MiB/s', down: '8 MiB/s' };
    const network = { server: link, machine: link, loss: '0.1 %' };
    const by = (repair: string) =>
      simulated({
        scenario: aScenario({ network, transports: { multicast: { repair } } }),
        transport: 'multicast',
        machines: 20,
      });
    const [p2p, rounds] = await Promise.all([by('p2p'), by('rounds')]);
    const last = ({ fleet }: Awaited<typeof p2p>) => Math.max(...fleet.map(({ doneS }) => doneS!));
    expect(last(p2p)).toBeGreaterThan(8);
    expect(last(p2p)).toBeLessThan(last(rounds));
    expect(p2p.fleet.some(({ uploadedBytes }) => uploadedBytes > 0)).toBe(true);
    expect(rounds.fleet.some(({ uploadedBytes }) => uploadedBytes > 0)).toBe(false);
    expect(p2p.limitations.join()).toContain('whole blocks of 16 KiB');
    expect(rounds.limitations.join()).toContain('repairs in rounds');
  });

  it('repairs a multicast slice by slice, with the settings of the scenario, for Clonezilla too', async () => {
    const slices = { packets: 1024, duplex: 'half' };
    const casting = { packet: '1 KiB', round: '250 ms', repair: 'slices', slices };
    for (const transport of ['multicast', 'clonezilla-multicast'] as const) {
      const scenario = aScenario({ transports: { [transport]: casting } });
      const { fleet, limitations } = await simulated({ scenario, transport, machines: 2 });
      expect(fleet.map(({ doneS }) => doneS)).toEqual([8 + 63 / 4, 8 + 63 / 4]);
      expect(limitations[0]).toContain('multicast in slices');
    }
    const full = { multicast: { ...casting, slices: { packets: 1024 } } };
    const sentOn = await simulated({ scenario: aScenario({ transports: full }), transport: 'multicast' });
    // An exchange takes twice as long as a slice.
    expect(sentOn.fleet[0]!.doneS).toBe(8 + 62 / 8);
  });

  it('asks again, in slices, as soon as the scenario says', async () => {
    const takes = async (askAgain: string) => {
      const transports = { multicast: { repair: 'slices', slices: { askAgain } } };
      const network = { ...LINKS, loss: '5 %' };
      const { fleet } = await simulated({
        scenario: aScenario({ network, transports }),
        transport: 'multicast',
      });
      return Math.max(...fleet.map(({ doneS }) => doneS!));
    };
    expect(await takes('100 ms')).toBeGreaterThan((await takes('1 ms')) + 8);
  });

  it('has a carousel take in who comes late and who comes back, and expects them to finish', async () => {
    const faults = [
      { join: 1, at: '4 s' },
      { kill: 1, at: '2 s', back: '1 s' },
    ];
    const transports = { multicast: { repair: 'carousel' } };
    const run = {
      scenario: aScenario({ faults, transports }),
      transport: 'multicast',
      machines: 3,
    } as const;
    expect(refusedBy(run.scenario, 'multicast')).toEqual([]);
    const { fleet, limitations } = await simulated(run);
    expect(fleet.map(({ doneS }) => doneS)).toEqual([8, 11, 12]);
    expect(limitations[0]).toContain('carousel');
    expect(unexpectedFailures(run.scenario, { transport: 'multicast', fleet: [] })).toEqual([]);
    const stop = aScenario({ faults: [{ stop: 'server', at: '2 s', for: '1 s' }], transports });
    expect(refusedBy(stop, 'multicast')).toEqual(['faults.stop.server']);
  });

  it('floods a multicast where the scenario says so, so that late machines boot over what is left', async () => {
    const server = { up: '64 MiB/s' };
    const bootS = async (multicast: string) => {
      const scenario = aScenario({
        network: { server, machine: { up: '8 MiB/s', down: '16 MiB/s' }, multicast },
        boot: { steps: [{ http: '8 MiB' }] },
        faults: [{ join: 1, at: '1 s' }],
        transports: { multicast: { repair: 'carousel', rate: '8 MiB/s' } },
      });
      const { fleet } = await simulated({ scenario, transport: 'multicast', machines: 2 });
      const [startS, endS] = fleet[1]!.phases.boot!;
      return endS - startS;
    };
    expect(await bootS('igmp')).toBeCloseTo(0.5, 9);
    expect(await bootS('flooding')).toBeCloseTo(1, 9);
  });

  it('refuses a repair by the swarm where TCP would need a model of loss, or disks seek', () => {
    const transports = { multicast: { repair: 'p2p' } };
    const repaired = (scenario: ReturnType<typeof aScenario>) => refusedBy(scenario, 'multicast');
    expect(repaired({ ...lossy(), transports: aScenario({ transports }).transports })).toEqual([
      'network.loss',
    ]);
    expect(
      repaired({ ...lossy({ underLoss: 'mathis' }), transports: aScenario({ transports }).transports }),
    ).toEqual([]);
    expect(repaired(aScenario({ transports, disk: { kind: 'hdd' } }))).toEqual(['disk.seek']);
  });

  it('ends at once when it is interrupted', async () => {
    const controller = new AbortController();
    const run = anExecutor().run(aRun({ machines: 1000 }), aWatch(controller.signal));
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });

  it('boots machines from what the scenario says before their agents run', async () => {
    const boot = {
      steps: [{ wait: '1 s' }, 'dhcp', { tftp: '64 KiB' }, { http: '8 MiB' }],
      dhcp: { service: '250 ms' },
      tftp: { blockSize: '512 B', turnaround: '2 ms', transfers: 1 },
      http: { transfers: 1 },
    };
    const { fleet, barrierS, limitations } = await simulated({
      scenario: aScenario({ boot, phases: { boot: '2 s' } }),
      transport: 'multicast',
      machines: 1,
    });
    const tftpS = 129 * 0.002 + 1 / 128;
    expect(fleet[0]!.phases.boot![1]).toBeCloseTo(2 + 1 + 0.5 + tftpS + 1, 9);
    expect(barrierS).toBe(fleet[0]!.phases.boot![1]);
    expect(limitations.join()).toContain('firmware gives up after about a minute');
  });

  it('lets disks be of a kind, with memory before them and a decoder', async () => {
    const image = { size: '64 MiB', pieceLength: '1 MiB', encoding: 'zstd', compressionRatio: 2 };
    const disk = { kind: 'hdd', write: '2 MiB/s', read: '2 MiB/s', writeCache: '1 GiB' };
    const phasesOf = async (changes: Record<string, unknown>, transport: 'unicast' | 'p2p') =>
      (await simulated({ scenario: aScenario(changes), transport, machines: 1 })).fleet[0]!.phases;
    // The first piece is there after an eighth of a second; read back are 64 MiB of raw bytes.
    const verify = [4, 1 / 8 + 32 + 32];
    expect(await phasesOf({ image, disk }, 'unicast')).toEqual({ download: [0, 4], verify });
    const seeking = await phasesOf({ image, disk }, 'p2p');
    expect(seeking.verify![1]).toBeCloseTo(1 / 8 + 32 + 32 * 0.0124 + 32, 9);
    expect(await phasesOf({ image: { ...image, decode: '4 MiB/s' } }, 'unicast')).toEqual({
      download: [0, 16],
    });
  });

  const lossy = (tcp?: object, changes: object = {}) => {
    const link = { up: '8 MiB/s' };
    return aScenario({
      network: {
        server: link,
        machine: link,
        loss: '1 %',
        latency: '10 ms',
        ...(tcp && { tcp }),
        ...changes,
      },
    });
  };
  const refusedBy = (scenario: ReturnType<typeof aScenario>, transport: Transport = 'p2p') =>
    simExecutor()
      .unsupported(scenario, transport)
      .map((sentence) => sentence.split(':')[0]);

  it('loses packets of multicast, and of TCP by the model that the scenario names', async () => {
    expect(refusedBy(lossy(), 'multicast')).toEqual([]);
    expect(refusedBy(lossy())).toEqual(['network.loss']);
    expect(refusedBy(lossy({ underLoss: 'mathis' }))).toEqual([]);
    const run = { transport: 'unicast', machines: 1 } as const;
    const { fleet } = await simulated({ scenario: lossy({ underLoss: 'mathis' }), ...run });
    // Two round trips to connect, then 1448 bytes x sqrt(150) in each.
    expect(fleet[0]!.doneS).toBeCloseTo(0.04 + (64 * 2 ** 20) / ((1448 / 0.02) * Math.sqrt(150)), 6);
  });

  it('misses a tracker only where somebody comes later', async () => {
    const stop = { stop: 'tracker', at: '1 s' };
    const without = aScenario({ faults: [stop] });
    expect(refusedBy(without)).toEqual([]);
    const run = { transport: 'p2p', machines: 4 } as const;
    const [gone, there] = await Promise.all(
      [without, aScenario({})].map((scenario) => simulated({ ...run, scenario })),
    );
    expect(gone!.fleet.map(({ doneS }) => doneS)).toEqual(there!.fleet.map(({ doneS }) => doneS));
    const faults = [stop, { join: 1, at: '2 s' }];
    const missed = aScenario({ faults });
    expect(refusedBy(missed)).toEqual([]);
    const { fleet } = await simulated({ ...run, scenario: missed });
    expect(fleet.map(({ doneS }) => doneS !== null)).toEqual([true, true, true, false]);
    const chains = { p2p: {}, chain: {} };
    expect(refusedBy(aScenario({ faults, transports: chains }), 'chain')).toEqual(['faults.stop.tracker']);
    expect(refusedBy(aScenario({ faults: [stop, { join: 1, at: '0.5 s' }] }))).toEqual([]);
  });

  const back = { kill: 1, at: '2.05 s', back: '10 s' };

  it('powers a machine on again, which goes on with what it has, but for Clonezilla', async () => {
    const transports = { p2p: {}, unicast: {}, 'clonezilla-unicast': {}, chain: {} };
    const scenario = aScenario({ faults: [back], transports });
    const executor = anExecutor();
    const times = [];
    for (const transport of ['p2p', 'unicast', 'clonezilla-unicast', 'chain'] as const) {
      expect(refusedBy(scenario, transport)).toEqual([]);
      const run = aRun({ scenario, transport, machines: 1 });
      const { fleet, limitations } = await executor.run(run, aWatch());
      expect(unexpectedFailures(scenario, { transport, fleet })).toEqual([]);
      expect(limitations.join()).toContain('(faults: back)');
      times.push(fleet[0]!.doneS);
    }
    // It had 16 pieces of 64.
    const expected = [6, 6, 8, 6].map((leftS) => 12.05 + leftS);
    for (const [place, timeS] of times.entries()) expect(timeS).toBeCloseTo(expected[place]!, 9);
  });

  it('has a multicast wait for a machine whose cable is out, and refuses it other changes of links', async () => {
    const cast = (fault: object) =>
      aScenario({ faults: [fault], transports: { multicast: { dropAfter: '3 s' } } });
    const doneTimes = async (forS: number) => {
      const scenario = cast({ cut: 1, at: '2 s', for: `${forS} s` });
      expect(refusedBy(scenario, 'multicast')).toEqual([]);
      const { fleet } = await anExecutor().run(
        aRun({ scenario, transport: 'multicast', machines: 2 }),
        aWatch(),
      );
      return fleet.map(({ doneS }) => doneS);
    };
    const [, plainS] = await doneTimes(0.5);
    expect(await doneTimes(2.5)).toEqual([plainS! + 2, plainS! + 2]);
    expect(await doneTimes(9)).toEqual([null, plainS! + 2.5]);
    for (const fault of [
      { cut: 'server', at: '2 s', for: '1 s' },
      { slow: 1, to: '1 kB/s', at: '2 s' },
    ])
      expect(refusedBy(cast(fault), 'multicast')).toHaveLength(1);
  });

  it('refuses to power machines on again where it cannot say what that does', () => {
    const refused = (changes: object, transport?: Transport) =>
      refusedBy(aScenario({ faults: [back], ...changes }), transport);
    expect(refused({}, 'multicast')).toEqual(['faults.kill.back']);
    expect(refused({ faults: [back, { kill: 1, at: '30 s' }] })).toEqual(['faults.kill.back']);
    expect(refused({ disk: { write: '1 MiB/s', writeCache: '1 GiB' } })).toEqual(['disk.writeCache']);
    const chains = { p2p: {}, chain: {} };
    const gone = (at: string) => ({ faults: [back, { stop: 'tracker', at }], transports: chains });
    expect(refused(gone('12 s'), 'chain')).toEqual(['faults.stop.tracker']);
    expect(refused(gone('13 s'), 'chain')).toEqual([]);
    expect(refused(gone('12 s'))).toEqual([]);
  });

  it('kills the server and starts it again, which costs streams all that was on its way', async () => {
    const stop = { stop: 'server', at: '2.05 s', for: '10 s' };
    const scenario = aScenario({ faults: [stop] });
    const executor = anExecutor();
    const timesBy = async (transport: Transport) => {
      expect(refusedBy(scenario, transport)).toEqual([]);
      const { fleet, limitations } = await executor.run(aRun({ scenario, transport, machines: 1 }), aWatch());
      expect(limitations.join()).toContain('(faults.stop.server)');
      return fleet.map(({ doneS, failure }) => doneS ?? failure);
    };
    // Our client asks for it after 2 s, and then in steps that grow by a tenth: the fifth time it is there.
    const foundS = 2.05 + 2 * (1 + 1.1 + 1.1 ** 2 + 1.1 ** 3 + 1.1 ** 4);
    expect((await timesBy('p2p'))[0]).toBeCloseTo(foundS + 6, 9);
    expect((await timesBy('chain'))[0]).toBeCloseTo(foundS + 6, 9);
    expect(await timesBy('unicast')).toEqual(['the connection to the server broke off']);
    expect(refusedBy(scenario, 'multicast')).toEqual(['faults.stop.server']);
    expect(refusedBy(aScenario({ faults: [stop], boot: { steps: ['dhcp'] } }))).toEqual(['boot']);
    // Nobody finds a server that is back when the tracker is gone.
    const missed = aScenario({ faults: [stop, { stop: 'tracker', at: '12 s' }] });
    expect(refusedBy(missed)).toEqual([]);
    expect((await simulated({ scenario: missed, machines: 1 })).fleet[0]!.failure).toContain('stalled');
  });

  it('lets machines die by chance as often as the scenario says', async () => {
    const faults = [{ fail: '40 %', per: '8 s' }];
    const { fleet, limitations } = await simulated({
      scenario: aScenario({ faults, transports: { multicast: { dropAfter: '0 s' } } }),
      transport: 'multicast',
      machines: 1000,
    });
    // Of the eight seconds that it takes: four deviations of a binomial are 62 machines.
    const died = fleet.filter(({ doneS }) => doneS === null).length;
    expect(Math.abs(died - 400)).toBeLessThan(62);
    expect(limitations.join()).toContain('(faults.fail)');
    const returning = { ...faults[0], back: '1 s' };
    const comesBack = aScenario({ faults: [returning] });
    expect(refusedBy(comesBack, 'multicast')).toEqual(['faults.fail.back']);
    expect(refusedBy(comesBack, 'unicast')).toEqual([]);
    const again = await simulated({ scenario: comesBack, machines: 20 });
    expect(again.fleet.every(({ isVerified }) => isVerified)).toBe(true);
    const tracker = { stop: 'tracker', at: '100 s' };
    expect(refusedBy(aScenario({ faults: [returning, tracker] }))).toEqual([]);
  });

  it('fills the disks that the scenario says, and the others go on', async () => {
    const scenario = aScenario({ faults: [{ full: 1, after: '16.5 MiB' }] });
    for (const transport of ['p2p', 'unicast'] as const) {
      const { fleet, limitations } = await simulated({ scenario, transport, machines: 4 });
      expect(fleet.map(({ failure }) => failure)).toEqual(['the disk is full', null, null, null]);
      expect(unexpectedFailures(scenario, { transport, fleet })).toEqual([]);
      expect(limitations.join()).toContain('(faults.full)');
    }
    const serial = { p2p: { diskWrite: 'serial' }, multicast: {}, chain: {} };
    const stored = aScenario({ faults: [{ full: 1, after: '16 MiB' }], transports: serial });
    for (const transport of ['p2p', 'multicast', 'chain'] as const)
      expect(refusedBy(stored, transport)).toEqual(['faults.full']);
  });

  it('throws pieces away whose hash is wrong, where pieces have one', async () => {
    const scenario = aScenario({ faults: [{ corrupt: '20 %' }] });
    const { fleet, serverUploadedBytes, limitations } = await simulated({ scenario, machines: 1 });
    const copies = serverUploadedBytes! / (64 * 2 ** 20);
    expect(copies).toBeGreaterThan(1.05);
    expect(fleet[0]!.doneS).toBeCloseTo(8 * copies, 6);
    expect(fleet[0]!.downloadedBytes).toBe(64 * 2 ** 20);
    expect(limitations.join()).toContain('(faults.corrupt)');
    const refused = (['p2p', 'unicast', 'multicast', 'chain'] as const).filter(
      (transport) => refusedBy(scenario, transport).length > 0,
    );
    expect(refused).toEqual(['unicast', 'multicast']);
  });

  it('sends again what TCP loses where there is no delay: its share of every link', async () => {
    const scenario = lossy(undefined, { latency: '0 s', loss: '20 %' });
    expect(refusedBy(scenario)).toEqual([]);
    const whole = lossy(undefined, { latency: '0 s', loss: '0 %' });
    for (const transport of ['p2p', 'unicast'] as const) {
      const [lost, kept] = await Promise.all(
        [scenario, whole].map((each) => simulated({ scenario: each, transport, machines: 1 })),
      );
      expect(lost!.fleet[0]!.doneS! / kept!.fleet[0]!.doneS!).toBeCloseTo(1 / 0.8, 6);
    }
  });

  it('refuses what a model of loss does not hold for', () => {
    expect(refusedBy(lossy({ underLoss: 'mathis' }, { loss: '3 %' }))).toEqual(['network.loss']);
    expect(refusedBy(lossy({ underLoss: 'padhye' }, { loss: '3 %' }))).toEqual([]);
    expect(refusedBy(lossy({ underLoss: 'padhye' }, { loss: '11 %' }))).toEqual(['network.loss']);
    expect(refusedBy(lossy({ underLoss: 'padhye' }, { latency: '0 s' }))).toEqual(['network.latency']);
  });

  it('refuses a boot that loses packets, and a write cache that would have no effect', () => {
    const link = { up: '8 MiB/s' };
    const network = { server: link, machine: link, loss: '1 %' };
    expect(refusedBy(aScenario({ network, boot: { steps: ['dhcp'] } }), 'multicast')).toEqual(['boot']);
    const disk = { write: '1 MiB/s', writeCache: '1 GiB' };
    expect(refusedBy(aScenario({ disk }))).toEqual([]);
    expect(refusedBy(aScenario({ disk }), 'multicast')).toEqual(['disk.writeCache']);
    const serial = aScenario({ disk, transports: { p2p: { diskWrite: 'serial' } } });
    expect(refusedBy(serial)).toEqual(['disk.writeCache']);
  });
});
