import type { DeploymentModel, LinkModel } from '../../../src/sim/deployment-model.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS, someMachines } from '../a-model.ts';
import { aBoot, byHttp, byTftp, dhcp, wait } from '../machine/a-boot.ts';

const DOWN_TOO: LinkModel = { upBps: LINK_BPS, downBps: LINK_BPS };
const THIN: LinkModel = { upBps: LINK_BPS / 5, downBps: LINK_BPS / 5 };
const SITES = [
  { name: 'home', wan: THIN },
  { name: 'branch', wan: THIN },
];
const ONE_BY_ONE = { kind: 'poisson', intervalS: 2 } as const;

/** Deployments in which everything that the simulator does is done once, by name. */
export const GOLDEN_MODELS: Readonly<Record<string, DeploymentModel>> = {
  'a swarm with delay': aModel({ machines: 20, pieces: 64, link: DOWN_TOO, latencyS: 1 / 64 }),
  'a swarm in one piece': aModel({
    machines: 31,
    pieces: 1,
    transport: aSwarm({ uploadSlots: 1, seederSlots: 1 }),
  }),
  'a large swarm with connection caps': aModel({
    machines: 200,
    pieces: 100,
    link: DOWN_TOO,
    connectionCapBps: LINK_BPS / 3,
    transport: aSwarm({ picker: 'sampled', neighbours: 24 }),
  }),
  'a classic swarm': aModel({
    machines: 20,
    pieces: 64,
    link: DOWN_TOO,
    latencyS: 1 / 64,
    transport: aSwarm({ choker: 'classic', seeder: 'plain', handout: 'random', randomFirst: 4 }),
  }),
  'a super seeder': aModel({
    machines: 12,
    pieces: 40,
    arrival: ONE_BY_ONE,
    transport: aSwarm({ seeder: 'superseed', picker: 'random' }),
  }),
  'a film in its order': aModel({ machines: 10, pieces: 40, transport: aSwarm({ picker: 'sequential' }) }),
  'two sites': aModel({
    sites: SITES,
    link: DOWN_TOO,
    pieces: 40,
    machines: someMachines(20, 10, { site: 1 }),
    transport: aSwarm({ handout: 'sites' }),
  }),
  'deaths, late joiners and a seeder that leaves': aModel({
    link: DOWN_TOO,
    pieces: 64,
    machines: [
      ...someMachines(8, 4, { diesAfterS: 30 }),
      ...someMachines(8, 4, { joinsAfterS: 40 }),
      { link: THIN },
    ],
    seederLeavesAfterBytes: 72 * LINK_BPS,
    latencyS: 1 / 64,
  }),
  'a swarm in which everything goes wrong': aModel({
    link: DOWN_TOO,
    pieces: 64,
    machines: [
      ...someMachines(8, 4, { diesAfterS: 20, comesBackAfterS: 15 }),
      { roomBytes: 32 * LINK_BPS },
      { joinsAfterS: 40 },
    ],
    failures: [{ perS: 1 / 400, comesBackAfterS: 10 }, { perS: 1 / 1000 }],
    serverStops: [{ atS: 30, forS: 15 }],
    corruptShare: 1 / 64,
    latencyS: 1 / 64,
  }),
  'machines with broken links, and one whose cable is out': aModel({
    link: DOWN_TOO,
    pieces: 64,
    machines: [
      ...someMachines(16, 5, { link: { upBps: LINK_BPS / 256, downBps: LINK_BPS / 256 } }),
      { linkChanges: [{ atS: 20, link: { upBps: 0, downBps: 0 } }] },
    ],
    latencyS: 1 / 64,
  }),
  'seeders at two sites': aModel({
    sites: SITES,
    link: DOWN_TOO,
    pieces: 40,
    machines: someMachines(20, 10, { site: 1 }),
    seeders: [
      { link: THIN, site: 0 },
      { link: DOWN_TOO, site: 1 },
    ],
    transport: aSwarm({ handout: 'sites' }),
  }),
  'a swarm with few connections that looks for more': aModel({
    machines: someMachines(20, 4, { diesAfterS: 20 }),
    pieces: 40,
    arrival: ONE_BY_ONE,
    link: DOWN_TOO,
    transport: aSwarm({ mostConnections: 6, announceS: 5 }),
  }),
  'a swarm whose tracker is gone, and peers tell each other': aModel({
    machines: someMachines(20, 4, { diesAfterS: 20 }),
    pieces: 40,
    arrival: { kind: 'poisson', intervalS: 0.5 },
    link: DOWN_TOO,
    trackerStopsAfterS: 16,
    transport: aSwarm({ mostConnections: 6, announceS: 5, pexS: 4 }),
  }),
  'a classic swarm that looks for more, in which everybody comes back': aModel({
    link: DOWN_TOO,
    pieces: 40,
    machines: [
      ...someMachines(12, 6, { diesAfterS: 12, comesBackAfterS: 9 }),
      { diesAfterS: 40, comesBackAfterS: 30 },
      { joinsAfterS: 18 },
    ],
    serverStops: [{ atS: 16, forS: 12 }],
    trackerStopsAfterS: 60,
    latencyS: 1 / 64,
    transport: aSwarm({
      choker: 'classic',
      seeder: 'superseed',
      handout: 'random',
      mostConnections: 6,
      announceS: 5,
      pexS: 8,
    }),
  }),
  'a web seed of a swarm that falls quiet': aModel({
    machines: 10,
    pieces: 40,
    link: DOWN_TOO,
    latencyS: 1 / 64,
    seederLeavesAfterBytes: 24 * LINK_BPS,
    webSeed: { use: 'quiet', upBps: 2 * LINK_BPS },
  }),
  'a web seed beside the swarm': aModel({
    machines: 10,
    pieces: 40,
    serverStops: [{ atS: 9, forS: 6 }],
    corruptShare: 1 / 64,
    webSeed: { use: 'always' },
  }),
  'unicast to machines that come one by one': aModel({
    machines: 20,
    arrival: ONE_BY_ONE,
    transport: aUnicast(),
  }),
  'unicast in waves, to hard disks': aModel({
    machines: someMachines(12, 2, { diesAfterS: 10 }),
    transport: aUnicast(5),
    phases: { boot: 30, register: 1, partition: 4, metainfo: 1, finish: 5 },
    disk: {
      readBps: 2 * LINK_BPS,
      writeBps: LINK_BPS,
      isShared: true,
      isReadBack: true,
      isSerialWrite: true,
    },
  }),
  'multicast with loss': aModel({ machines: 20, loss: 0.01, transport: aMulticast({ roundS: 1 }) }),
  'multicast that a swarm repairs': aModel({
    machines: [...someMachines(12, 2, { diesAfterS: 9 })],
    link: DOWN_TOO,
    loss: 0.02,
    transport: aMulticast({ repair: { swarm: aSwarm(), blockBytes: 16 * 1024 } }),
  }),
  'multicast in slices': aModel({
    machines: someMachines(12, 2, { diesAfterS: 6 }),
    loss: 0.02,
    latencyS: 1 / 64,
    transport: aMulticast({
      dropAfterS: 2,
      slices: { packets: 112, isFullDuplex: true, askAgainS: 1 / 64 },
    }),
  }),
  'a carousel over switches that flood, with late machines and broken ones': aModel({
    machines: [
      ...someMachines(8, 2, { diesAfterS: 6, comesBackAfterS: 9 }),
      { joinsAfterS: 5 },
      {
        linkChanges: [
          { atS: 4, link: { upBps: 0, downBps: 0 } },
          { atS: 7, link: DOWN_TOO },
        ],
      },
    ],
    arrival: ONE_BY_ONE,
    link: { upBps: LINK_BPS, downBps: 2 * LINK_BPS },
    server: { upBps: 4 * LINK_BPS, downBps: Infinity },
    loss: 0.01,
    isFlooded: true,
    boot: aBoot([byHttp(2 * LINK_BPS)]),
    transport: aMulticast({ dropAfterS: 2, isCarousel: true, rateBps: LINK_BPS }),
  }),
  'a tree': aModel({ machines: 20, pieces: 16, link: DOWN_TOO, transport: aChain(0.5, 3) }),
  'a chain that breaks': aModel({
    machines: someMachines(8, 1, { diesAfterS: 8 }),
    pieces: 16,
    transport: aChain(0.5),
  }),
  'a boot storm': aModel({
    machines: 20,
    arrival: ONE_BY_ONE,
    latencyS: 1 / 64,
    boot: aBoot([wait(1), dhcp, byTftp(LINK_BPS / 8), dhcp, byHttp(2 * LINK_BPS)], {
      serviceS: 1 / 16,
      tftp: { windowBlocks: 4, serviceS: 1 / 1024, transfers: 4 },
      httpTransfers: 8,
    }),
  }),
  'a swarm to hard disks with caches and slow decoders': aModel({
    machines: 12,
    pieces: 40,
    disk: {
      readBps: LINK_BPS,
      writeBps: LINK_BPS,
      isShared: true,
      isReadBack: true,
      seekS: 1 / 8,
      dirtyBytes: 6 * LINK_BPS,
      recentBytes: 4 * LINK_BPS,
      decodeBps: 2 * LINK_BPS,
    },
  }),
  'unicast over connections that start slowly and lose packets': aModel({
    machines: 8,
    arrival: ONE_BY_ONE,
    latencyS: 1 / 64,
    loss: 0.001,
    transport: aUnicast(),
    tcp: {
      isSlowStart: true,
      firstWindowBytes: 10_240,
      segmentBytes: 1024,
      underLoss: 'padhye',
      timeoutS: 0.25,
    },
  }),
};
