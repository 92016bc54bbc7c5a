import {
  type DeploymentModel,
  hasTracker,
  type LinkChange,
  type LinkModel,
  type MulticastModel,
  type ProcessorsModel,
  type TransportModel,
} from './deployment-model.ts';
import type { BootModel } from './machine/boot-model.ts';
import type { TcpModel } from './network/tcp-model.ts';

/** Largest `rateTolerance`. */
export const MOST_TOLERANCE = 0.1;

/** @throws RangeError that names the first field that makes no sense */
export function assertModel(model: DeploymentModel): void {
  requirePositive('wireBytes', model.wireBytes);
  requirePositive('rawBytes', model.rawBytes);
  requirePositive('pieceBytes', model.pieceBytes);
  requirePositive('connectionCapBps', model.connectionCapBps);
  if (!(model.rateTolerance >= 0 && model.rateTolerance <= MOST_TOLERANCE))
    reject('rateTolerance', model.rateTolerance, `a share from 0 to ${MOST_TOLERANCE}`);
  requireTime('latencyS', model.latencyS);
  if (!(model.loss >= 0 && model.loss < 1)) reject('loss', model.loss, 'a share from 0 to below 1');
  requireCorruption(model);
  requireLink('server', model.server);
  requirePositive('disk.readBps', model.disk.readBps);
  requirePositive('disk.writeBps', model.disk.writeBps);
  requirePositive('disk.decodeBps', model.disk.decodeBps);
  requireReadBack(model);
  requireTime('disk.seekS', model.disk.seekS);
  requireSize('disk.dirtyBytes', model.disk.dirtyBytes);
  requireSize('disk.recentBytes', model.disk.recentBytes);
  if (model.processors) requireProcessors(model.processors);
  if (model.boot) requireBoot(model.boot);
  if (model.tcp) requireTcp(model.tcp);
  for (const [phase, lastsS] of Object.entries(model.phases)) requireTime(`phases.${phase}`, lastsS);
  requirePositive('seederLeavesAfterBytes', model.seederLeavesAfterBytes);
  if (model.arrival.kind !== 'together') requireTime('arrival.intervalS', model.arrival.intervalS);
  requireChanges('serverLinkChanges', model.serverLinkChanges);
  requireSites(model);
  requireComebacks(model);
  requireServerStops(model);
  const { transport, seeders = [], webSeed, trackerStopsAfterS } = model;
  requireTime('trackerStopsAfterS', trackerStopsAfterS ?? 0);
  if (trackerStopsAfterS !== undefined && !looksForPeers(transport))
    reject('trackerStopsAfterS', trackerStopsAfterS, 'none where nobody asks a tracker meanwhile');
  requirePositive('webSeed.upBps', webSeed?.upBps ?? Number.POSITIVE_INFINITY);
  if (transport.transport !== 'p2p' && webSeed)
    reject('webSeed', webSeed.use, 'none: only a swarm takes whole pieces from a web server');
  if (transport.transport !== 'p2p' && seeders.length > 0)
    reject('seeders', seeders.length, 'none: only a swarm has several');
  requireTransport(transport);
}

/** Only what is written at once can be read back meanwhile, and no program that takes a multicast does. */
function requireReadBack({ disk, transport }: DeploymentModel): void {
  const isCast = transport.transport === 'multicast';
  const isSharedStream = transport.transport === 'unicast' && disk.isShared;
  if (disk.isReadBackEarly && !(disk.isReadBack && !disk.isSerialWrite && !isCast && !isSharedStream))
    reject(
      'disk.isReadBackEarly',
      true,
      'false for what is not read back, is written afterwards, comes by multicast, or as a stream to a disk that is shared',
    );
}

/** What is sent whole is not checked piece by piece. */
function requireCorruption({ corruptShare = 0, transport }: DeploymentModel): void {
  if (!(corruptShare >= 0 && corruptShare < 1))
    reject('corruptShare', corruptShare, 'a share from 0 to below 1');
  const isByPiece = transport.transport === 'p2p' || transport.transport === 'chain';
  if (corruptShare > 0 && !isByPiece) reject('corruptShare', corruptShare, 'none where no piece is checked');
}

function requireSites({ sites, machines, seeders = [], transport, disk }: DeploymentModel): void {
  if (sites.length === 0) reject('sites', 'none', 'one or more: the server stands at the first');
  if (machines.length === 0) reject('machines', 'none', 'one or more');
  for (const [place, { wan, backplaneBps = Number.POSITIVE_INFINITY }] of sites.entries()) {
    requireLink(`sites[${place}].wan`, wan);
    requirePositive(`sites[${place}].backplaneBps`, backplaneBps);
  }
  const hasRoomModel = ['p2p', 'unicast'].includes(transport.transport) && !disk.isSerialWrite;
  for (const [place, machine] of machines.entries()) {
    const { link, site, diesAfterS, joinsAfterS, linkChanges, roomBytes } = machine;
    requireLink(`machines[${place}].link`, link);
    requireTime(`machines[${place}].diesAfterS`, diesAfterS);
    requireTime(`machines[${place}].joinsAfterS`, joinsAfterS);
    requirePositive(`machines[${place}].roomBytes`, roomBytes ?? Number.POSITIVE_INFINITY);
    if (roomBytes !== undefined && !hasRoomModel)
      reject(
        `machines[${place}].roomBytes`,
        roomBytes,
        'none where bytes are stored first, or passed on in a row',
      );
    requireChanges(`machines[${place}].linkChanges`, linkChanges);
    if (!sites[site]) reject(`machines[${place}].site`, site, 'the index of a site');
  }
  for (const [place, { link, site }] of seeders.entries()) {
    requireLink(`seeders[${place}].link`, link);
    if (!sites[site]) reject(`seeders[${place}].site`, site, 'the index of a site');
  }
}

/** What a cache would have lost, and what a sender to all would do for somebody who comes back, the model does not say. */
function requireComebacks(model: DeploymentModel): void {
  const { machines, failures = [] } = model;
  for (const [place, { comesBackAfterS }] of machines.entries())
    requireComeback(`machines[${place}]`, comesBackAfterS, model);
  for (const [place, { perS, comesBackAfterS }] of failures.entries()) {
    requirePositive(`failures[${place}].perS`, perS);
    requireComeback(`failures[${place}]`, comesBackAfterS, model);
  }
}

function requireComeback(
  of: string,
  comesBackAfterS: number | undefined,
  { disk, transport }: DeploymentModel,
): void {
  if (comesBackAfterS === undefined) return;
  const field = `${of}.comesBackAfterS`;
  requirePositive(field, comesBackAfterS);
  if (transport.transport === 'multicast' && !transport.isCarousel)
    reject(field, comesBackAfterS, 'none where one sends to all, and takes nobody in');
  if (disk.dirtyBytes > 0) reject(field, comesBackAfterS, 'none where bytes wait in memory to be written');
}

function looksForPeers(transport: TransportModel): boolean {
  return transport.transport === 'p2p' && hasTracker(transport);
}

/** What becomes of a multicast without its sender, and of boot files on their way, the model does not say. */
function requireServerStops({ serverStops = [], boot, transport }: DeploymentModel): void {
  for (const [place, { atS, forS }] of serverStops.entries()) {
    requireTime(`serverStops[${place}].atS`, atS);
    requirePositive(`serverStops[${place}].forS`, forS);
    if (transport.transport === 'multicast') reject('serverStops', atS, 'none where one sends to all');
    if (boot) reject('serverStops', atS, 'none where machines boot from the server');
  }
}

function requireChanges(name: string, changes: readonly LinkChange[] = []): void {
  for (const [place, { atS, link }] of changes.entries()) {
    requireTime(`${name}[${place}].atS`, atS);
    requireSize(`${name}[${place}].link.upBps`, link.upBps);
    requireSize(`${name}[${place}].link.downBps`, link.downBps);
  }
}

function requireTransport(settings: TransportModel): void {
  switch (settings.transport) {
    case 'p2p':
      requireCount('transport.uploadSlots', settings.uploadSlots);
      requireCount('transport.seederSlots', settings.seederSlots);
      requireCount('transport.neighbours', settings.neighbours);
      requireTime('transport.staysForS', settings.staysForS);
      requirePositive('transport.announceS', settings.announceS ?? Number.POSITIVE_INFINITY);
      requirePositive('transport.pexS', settings.pexS ?? Number.POSITIVE_INFINITY);
      requireCount('transport.mostConnections', settings.mostConnections ?? 1);
      return requireNumber('transport.randomFirst', settings.randomFirst);
    case 'unicast':
      return requirePositive('transport.wave', settings.wave);
    case 'multicast':
      requirePositive('transport.rateBps', settings.rateBps);
      requirePositive('transport.packetBytes', settings.packetBytes);
      requireTime('transport.waitS', settings.waitS);
      requireTime('transport.roundS', settings.roundS);
      requireTime('transport.dropAfterS', settings.dropAfterS);
      return requireRepair(settings);
    case 'chain':
      requireCount('transport.children', settings.children);
      return requireTime('transport.hopSetUpS', settings.hopSetUpS);
  }
}

/** Nobody repairs in two ways. */
function requireRepair({ repair, slices, isCarousel = false }: MulticastModel): void {
  const ways = [repair !== undefined, slices !== undefined, isCarousel].filter(Boolean).length;
  if (ways > 1) reject('transport', 'several ways to repair', 'one of repair, slices and isCarousel');
  if (slices) {
    requireCount('transport.slices.packets', slices.packets);
    requireTime('transport.slices.askAgainS', slices.askAgainS);
  }
  if (!repair) return;
  requireCount('transport.repair.blockBytes', repair.blockBytes);
  requireTransport(repair.swarm);
}

function requireProcessors({ count, perByteS, perMachineS }: ProcessorsModel): void {
  requireCount('processors.count', count);
  requirePositive('processors.perByteS', perByteS);
  requireTime('processors.perMachineS', perMachineS);
}

function requireBoot({ steps, dhcp, tftp, http }: BootModel): void {
  for (const [place, step] of steps.entries()) {
    if (step.kind === 'wait') requireTime(`boot.steps[${place}].lastsS`, step.lastsS);
    else if (step.kind !== 'dhcp') requirePositive(`boot.steps[${place}].bytes`, step.bytes);
  }
  requireTime('boot.dhcp.serviceS', dhcp.serviceS);
  requirePositive('boot.tftp.blockBytes', tftp.blockBytes);
  requireCount('boot.tftp.windowBlocks', tftp.windowBlocks);
  requireTime('boot.tftp.turnaroundS', tftp.turnaroundS);
  requireTime('boot.tftp.serviceS', tftp.serviceS);
  requirePositive('boot.tftp.transfers', tftp.transfers);
  requirePositive('boot.http.transfers', http.transfers);
}

function requireTcp({ firstWindowBytes, segmentBytes, timeoutS }: TcpModel): void {
  requirePositive('tcp.firstWindowBytes', firstWindowBytes);
  requirePositive('tcp.segmentBytes', segmentBytes);
  requireTime('tcp.timeoutS', timeoutS);
}

function requireLink(field: string, { upBps, downBps }: LinkModel): void {
  requirePositive(`${field}.upBps`, upBps);
  requirePositive(`${field}.downBps`, downBps);
}

function requirePositive(field: string, value: number): void {
  if (!(value > 0)) reject(field, value, 'a number above 0');
}

function requireTime(field: string, value: number): void {
  if (!(value >= 0)) reject(field, value, 'seconds from 0 up');
}

function requireSize(field: string, value: number): void {
  if (!(value >= 0)) reject(field, value, 'bytes from 0 up');
}

function requireCount(field: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1)) reject(field, value, 'a whole number from 1 up');
}

function requireNumber(field: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) reject(field, value, 'a whole number from 0 up');
}

function reject(field: string, found: unknown, allowed: string): never {
  throw new RangeError(`${field}: found ${found}, allowed is ${allowed}`);
}
