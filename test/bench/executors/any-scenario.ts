import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  oneof,
  record,
  subarray,
} from 'fast-check';

/** Seconds, as in a file. */
function seconds(min: number, max: number): Arbitrary<string> {
  return double({ min, max, noNaN: true }).map((time) => `${time.toFixed(3)} s`);
}

/** From 1 % to five times a link of 1 MiB/s, as in a file. */
const anyRate: Arbitrary<string> = integer({ min: 1, max: 500 }).map((share) => `${share / 100} MiB/s`);

const rateOrNot: Arbitrary<string> = oneof(constant('unlimited'), anyRate);

const anyLink = record({ up: anyRate, down: rateOrNot });

/** One switch, or two sites with one each. */
const anySites = array(record({ up: anyRate, down: anyRate }), { minLength: 2, maxLength: 2 }).map((wans) =>
  wans.map((wan, place) => ({ name: `site ${place}`, machines: '50 %', wan })),
);

const anyNetwork = record(
  {
    server: anyLink,
    machine: anyLink,
    backplane: rateOrNot,
    connectionCap: rateOrNot,
    latency: constantFrom('0 s', '10 ms'),
    loss: constantFrom('0 %', '2 %'),
    tcp: constant({ slowStart: true, underLoss: 'padhye' }),
    sites: anySites,
    tolerance: constant('10 %'),
  },
  { requiredKeys: ['server', 'machine'] },
);

const anyDisk = record(
  {
    read: rateOrNot,
    write: rateOrNot,
    shared: boolean(),
    seek: constant('500 ms'),
    writeCache: constant('3 MiB'),
    readCache: constant('3 MiB'),
    readBack: boolean(),
  },
  { requiredKeys: ['readBack'] },
);

const anyBoot = record({
  steps: subarray(['dhcp', { wait: '1 s' }, { http: '512 KiB' }, { tftp: '10 KiB' }], { minLength: 1 }),
});

const anyImage = record({
  size: integer({ min: 1, max: 160 }).map((tenths) => `${tenths * 102_400} B`),
  pieceLength: constantFrom('1 MiB', '300 KiB'),
  decode: rateOrNot,
});

const anyFleet = record({
  machines: integer({ min: 1, max: 9 }).map((machines) => [machines]),
  start: oneof(
    constant('together'),
    record({ staggered: seconds(0.5, 3) }),
    record({ poisson: seconds(0.5, 3) }),
  ),
});

const machines = integer({ min: 1, max: 9 });
const at = seconds(0, 30);
const some = seconds(0.01, 30);
const anyShare = constantFrom('1 %', '20 %', '90 %');

/** Anything that goes wrong. */
const anyFault = oneof(
  record({ kill: machines, at, back: some }, { requiredKeys: ['kill', 'at'] }),
  record(
    { fail: anyShare, per: constantFrom('5 s', '1 min'), back: some },
    { requiredKeys: ['fail', 'per'] },
  ),
  record({ join: constant(1), at }),
  record({ slow: machines, to: anyRate, at, for: some }, { requiredKeys: ['slow', 'to'] }),
  record({ cut: oneof(machines, constant('server')), at, for: some }),
  record({ stop: constant('server'), at, for: some }),
  record({ stop: constant('tracker'), at }),
  record({ full: machines, after: integer({ min: 1, max: 64 }).map((parts) => `${parts * 262_144} B`) }),
  record({ corrupt: anyShare }),
  record({ seederLeaves: constantFrom(0.5, 1, 1.1, 3) }),
);

const diskWrite = constantFrom('streamed', 'serial');
const anyCasting = {
  rate: rateOrNot,
  wait: constant('2 s'),
  round: constant('1 s'),
  dropAfter: seconds(0, 12),
  slices: record(
    { packets: integer({ min: 1, max: 300 }), duplex: constantFrom('full', 'half'), askAgain: seconds(0, 1) },
    { requiredKeys: [] },
  ),
};

const anyTransport = oneof(
  {
    arbitrary: record(
      {
        diskWrite,
        uploadSlots: integer({ min: 1, max: 5 }),
        seederSlots: integer({ min: 1, max: 6 }),
        neighbours: integer({ min: 1, max: 12 }),
        maxConnections: integer({ min: 1, max: 6 }),
        announceInterval: constantFrom('500 ms', '20 s'),
        pex: constantFrom('500 ms', '20 s'),
        handout: constantFrom('random', 'regular', 'sites'),
        picker: constantFrom('rarest', 'sampled', 'random', 'sequential'),
        choker: constantFrom('grants', 'classic'),
        seeder: constantFrom('dealing', 'superseed', 'plain'),
        seeders: integer({ min: 1, max: 3 }),
        webSeed: record({ up: anyRate, use: constantFrom('quiet', 'always') }, { requiredKeys: ['use'] }),
        staysFor: seconds(0, 10),
      },
      { requiredKeys: [] },
    ).map((p2p) => ({ p2p })),
    weight: 3,
  },
  record({ diskWrite, wave: machines }, { requiredKeys: [] }).map((unicast) => ({ unicast })),
  constant({ 'clonezilla-unicast': {} }),
  record(
    { diskWrite, ...anyCasting, repair: constantFrom('rounds', 'slices', 'p2p', 'carousel') },
    { requiredKeys: [] },
  ).map((multicast) => ({ multicast })),
  record({ ...anyCasting, repair: constantFrom('rounds', 'slices') }, { requiredKeys: [] }).map(
    (casting) => ({
      'clonezilla-multicast': casting,
    }),
  ),
  record(
    { diskWrite, hopSetUp: constant('1 s'), children: integer({ min: 1, max: 3 }) },
    { requiredKeys: [] },
  ).map((chain) => ({ chain })),
);

/** Settings of a scenario as in a file: any network, any disk, one transport, and what goes wrong. */
export const anySettings = record(
  {
    image: anyImage,
    network: anyNetwork,
    fleet: anyFleet,
    disk: anyDisk,
    boot: anyBoot,
    transports: anyTransport,
    faults: array(anyFault, { maxLength: 4 }),
  },
  { requiredKeys: ['image', 'network', 'fleet', 'transports', 'faults'] },
);
