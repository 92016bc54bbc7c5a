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
import type {
  DeploymentModel,
  DiskModel,
  FailureRate,
  LinkModel,
  MachineModel,
  P2pModel,
  SeederModel,
  ServerStop,
  SiteModel,
  TransportModel,
  WebSeedModel,
} from '../../src/sim/deployment-model.ts';
import { aChain, aMulticast, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from './a-model.ts';
import { aBoot, byHttp, byTftp, dhcp, wait } from './machine/a-boot.ts';

/** Rates [byte/s] from 1 % to five times that of a link. */
export const anyRate: Arbitrary<number> = integer({ min: 1, max: 500 }).map(
  (share) => (share / 100) * LINK_BPS,
);

/** The value, or no limit. */
export function limitedOrNot(limited: Arbitrary<number>): Arbitrary<number> {
  return oneof(constant(Infinity), limited);
}

/** Links of any rate; downlinks may be free. */
export const anyLink: Arbitrary<LinkModel> = record({ upBps: anyRate, downBps: limitedOrNot(anyRate) });

/** One site, whose switch may have a limit. */
export const anySite: Arbitrary<SiteModel[]> = limitedOrNot(anyRate).map((backplaneBps) => [
  { name: 'home', wan: { upBps: Infinity, downBps: Infinity }, backplaneBps },
]);

/** Seeders beside the server; none for a transport that has no swarm. */
function anySeeders(transport: TransportModel): Arbitrary<SeederModel[]> {
  if (transport.transport !== 'p2p') return constant([]);
  return array(record({ link: anyLink, site: constant(0) }), { maxLength: 3 });
}

/** A web seed, of the server or of a host of its own; none for a transport that has no swarm. */
function anyWebSeed(transport: TransportModel): Arbitrary<Pick<DeploymentModel, 'webSeed'>> {
  if (transport.transport !== 'p2p') return constant({});
  const webSeed = record(
    { upBps: anyRate, use: constantFrom<WebSeedModel['use'][]>('quiet', 'always') },
    { requiredKeys: ['use'] },
  );
  return record({ webSeed }, { requiredKeys: [] });
}

/** A transport, with all who have the image from the start. */
export function withSources(transports: Arbitrary<TransportModel>): Arbitrary<Carriers> {
  return transports.chain((transport) =>
    record({ seeders: anySeeders(transport), web: anyWebSeed(transport) }).map(({ seeders, web }) => ({
      transport,
      seeders,
      ...web,
    })),
  );
}

type Carriers = Pick<DeploymentModel, 'transport' | 'seeders' | 'webSeed'>;

/** Images [byte] of up to 16 pieces; the last piece may be short. */
export const anySize: Arbitrary<number> = integer({ min: 1, max: 160 }).map((tenths) =>
  Math.floor((tenths / 10) * PIECE_BYTES),
);

/** Disks of any rate, used in any way. */
export const anyDisk: Arbitrary<DiskModel> = record({
  readBps: limitedOrNot(anyRate),
  writeBps: limitedOrNot(anyRate),
  isShared: boolean(),
  isReadBack: boolean(),
  isSerialWrite: boolean(),
  seekS: constantFrom(0, 0.5),
  dirtyBytes: constantFrom(0, 3 * PIECE_BYTES, Infinity),
  recentBytes: constantFrom(0, 3 * PIECE_BYTES, Infinity),
  decodeBps: limitedOrNot(anyRate),
});

/** What machines load before, and how their connections start; either may be left out. */
export const anyBootAndTcp: Arbitrary<Pick<DeploymentModel, 'boot' | 'tcp'>> = record(
  {
    boot: record({
      steps: subarray([dhcp, byTftp(PIECE_BYTES / 100), byHttp(PIECE_BYTES / 2), wait(1)]),
      serviceS: constantFrom(0, 0.2),
      windowBlocks: constantFrom(1, 4),
      transfers: constantFrom(1, 3, Infinity),
    }).map(({ steps, serviceS, windowBlocks, transfers }) =>
      aBoot(steps, { serviceS, tftp: { windowBlocks, transfers }, httpTransfers: transfers }),
    ),
    tcp: constantFrom(0, 0.2).map((timeoutS) => ({
      isSlowStart: true,
      firstWindowBytes: PIECE_BYTES / 1000,
      segmentBytes: PIECE_BYTES / 10_000,
      underLoss: undefined,
      timeoutS,
    })),
  },
  { requiredKeys: [] },
);

/** Policies of a swarm, by their names. */
export const anyPolicies = {
  picker: constantFrom<P2pModel['picker'][]>('rarest', 'sampled', 'random', 'sequential'),
  randomFirst: constantFrom(0, 2),
  choker: constantFrom<P2pModel['choker'][]>('grants', 'classic'),
  seeder: constantFrom<P2pModel['seeder'][]>('dealing', 'superseed', 'plain'),
};

const anySwarm = record({
  uploadSlots: integer({ min: 1, max: 5 }),
  seederSlots: integer({ min: 1, max: 6 }),
  neighbours: integer({ min: 2, max: 12 }),
  ...anyPolicies,
});

const anySearch = record(
  {
    announceS: constantFrom(0.5, 20),
    pexS: constantFrom(0.5, 20),
    mostConnections: integer({ min: 1, max: 6 }),
  },
  { requiredKeys: [] },
);

const anySearchingSwarm = record({ swarm: anySwarm, search: anySearch }).map(({ swarm, search }) =>
  aSwarm({ ...swarm, ...search }),
);

const anyChain = constantFrom(0, 0.5).map(aChain);

/** Transports whose machines pass pieces on. */
export const anyForwarding: Arbitrary<TransportModel> = oneof(anySearchingSwarm, anyChain);

/** Transports that take in a machine that comes back. */
export const anyMending: Arbitrary<TransportModel> = oneof(
  { arbitrary: oneof(anySearchingSwarm, anyChain), weight: 2 },
  record({ wave: integer({ min: 1, max: 10 }), startsOver: boolean() }).map(({ wave, startsOver }) => ({
    ...aUnicast(wave),
    startsOver,
  })),
);

/** Machines that die for good, come back or live; disks may be full early. */
export const anyMachineWithFaults: Arbitrary<Partial<MachineModel>> = record(
  {
    link: anyLink,
    diesAfterS: double({ min: 0, max: 30, noNaN: true }),
    comesBackAfterS: double({ min: 0.01, max: 30, noNaN: true }),
    roomBytes: integer({ min: 1, max: 64 }).map((quarters) => (quarters / 4) * PIECE_BYTES),
  },
  { requiredKeys: ['link'] },
);

/** Machines that die by chance, for good or not. */
export const anyFailures: Arbitrary<FailureRate[]> = array(
  record(
    { perS: constantFrom(0.005, 0.1), comesBackAfterS: double({ min: 0.01, max: 30, noNaN: true }) },
    { requiredKeys: ['perS'] },
  ),
  { maxLength: 2 },
);

/** A server that is killed up to twice. */
export const anyServerStops: Arbitrary<ServerStop[]> = array(
  record({
    atS: double({ min: 0, max: 30, noNaN: true }),
    forS: double({ min: 0.01, max: 30, noNaN: true }),
  }),
  { maxLength: 2 },
);

/** Any transport in any setting. */
export const anyTransport: Arbitrary<TransportModel> = oneof(
  { arbitrary: anyForwarding, weight: 2 },
  integer({ min: 1, max: 10 }).map(aUnicast),
  anyRate.map((rateBps) => aMulticast({ rateBps, packetBytes: PIECE_BYTES / 64 })),
  record({
    rateBps: anyRate,
    swarm: record({ uploadSlots: integer({ min: 1, max: 5 }), ...anyPolicies }).map(aSwarm),
    blocks: constantFrom(1, 7, 64),
  }).map(({ rateBps, swarm, blocks }) =>
    aMulticast({
      rateBps,
      packetBytes: PIECE_BYTES / 64,
      repair: { swarm, blockBytes: Math.ceil(PIECE_BYTES / blocks) },
    }),
  ),
  record({
    rateBps: anyRate,
    packets: integer({ min: 1, max: 200 }),
    isFullDuplex: boolean(),
    askAgainS: constantFrom(0, 0.5),
  }).map(({ rateBps, ...slices }) => aMulticast({ rateBps, packetBytes: PIECE_BYTES / 64, slices })),
  anyRate.map((rateBps) => aMulticast({ rateBps, packetBytes: PIECE_BYTES / 64, isCarousel: true })),
);
