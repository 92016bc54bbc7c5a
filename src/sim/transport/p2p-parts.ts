import type { DeploymentModel, P2pModel } from '../deployment-model.ts';
import { areLinksUneven, mayPiecesBeLate, pieceCountOf } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { Adoption } from '../swarm/adoption.ts';
import type { Choking } from '../swarm/choking.ts';
import { EndGame } from '../swarm/end-game.ts';
import { hasFor, isReceiving } from '../swarm/interest.ts';
import { newChoking } from '../swarm/new-choking.ts';
import { newSeeding } from '../swarm/new-seeding.ts';
import { PeerSearch } from '../swarm/peer-search.ts';
import type { Seeding } from '../swarm/seeding.ts';
import { SlowReceivers } from '../swarm/slow-receivers.ts';
import { newSwarmState, type Swarm, type SwarmState } from '../swarm/swarm.ts';
import { WebSeed } from '../swarm/web-seed.ts';
import { Grants } from './grants.ts';
import { Serving } from './serving.ts';
import type { Arena } from './transport.ts';

/** A swarm and all that acts in it. */
export interface P2pParts {
  readonly arena: Arena;
  readonly swarm: Swarm;
  readonly seeding: Seeding;
  readonly choking: Choking;
  readonly grants: Grants;
  readonly serving: Serving;
  /** Left out where no piece can be late. */
  readonly endGame: EndGame | undefined;
  /** Left out where the tracker is asked once, before the start. */
  readonly search: PeerSearch | undefined;
  /** Left out where all are at one site. */
  readonly adoption: Adoption | undefined;
  readonly webSeed: WebSeed | undefined;
}

/** @param arrived to be called when all of a piece has come on a slot */
export function newP2pParts(arena: Arena, settings: P2pModel, arrived: (slot: number) => void): P2pParts {
  const { model, simulation } = arena;
  const state = newState(arena, settings);
  const { uploads, crossing } = state;
  const seeders = seedersOf(model);
  const wake = (receiver: number): void => serving.wake(receiver);
  const swarm: Swarm = {
    ...state,
    slow: isUneven(model, settings)
      ? new SlowReceivers({
          uploads,
          sites: sitesOf(model),
          simulation,
          changed(uploader, receiver) {
            if (uploader === SERVER) seeding.slowed(receiver);
            serving.fill(uploader);
          },
        })
      : undefined,
    isInterested(receiver, uploader) {
      if (!isReceiving(state, receiver) || endGame?.wasLate(receiver, uploader)) return false;
      return uploader === SERVER ? seeding.canOffer(receiver) : hasFor(state, uploader, receiver);
    },
  };
  const seeding = newSeeding(settings, { swarm, seeders, nowMs: () => simulation.now * 1000 });
  const grants = new Grants(arena, {
    swarm,
    seeding,
    arrived,
    brought: (uploader, receiver, bytes) => webSeed?.brought(uploader, receiver, bytes),
  });
  const endGame = mayPiecesBeLate(model)
    ? new EndGame({ swarm, pieceBytes: model.pieceBytes, simulation, grants, released: wake })
    : undefined;
  const search = newSearch(arena, settings, {
    swarm,
    seeding,
    found(machine, others) {
      for (const other of others) choking.met(machine, other);
      for (const other of others) crossing?.met(machine, other);
      for (const other of others) serving.fill(other);
      serving.fill(machine);
    },
  });
  const adoption =
    crossing &&
    new Adoption(state, { ...arena, crossing, isDealing: () => seeding.isDealing(), opened: wake });
  const machines = model.machines.length;
  const webSeed = model.webSeed && new WebSeed(model.webSeed, { swarm, machines, grants, simulation });
  const choking = newChoking(settings, swarm, {
    simulation,
    unchoked(uploader) {
      serving.fill(uploader);
      if (uploads.running > 0) search?.wake();
    },
  });
  const serving = new Serving(arena, { swarm, seeding, choking, grants, endGame, webSeed });
  return { arena, swarm, seeding, choking, grants, serving, endGame, search, adoption, webSeed };
}

function newState({ model, randomSeed }: Arena, settings: P2pModel): SwarmState {
  const place = {
    sites: sitesOf(model),
    seeders: seedersOf(model),
    webClients: model.webSeed ? model.machines.length : 0,
    isUneven: isUneven(model, settings),
    pieces: pieceCountOf(model),
    chance: new RandomStream(randomSeed, 'swarm'),
  };
  return newSwarmState(settings, place, new RandomStream(randomSeed, 'handout'));
}

function newSearch(
  { model, simulation, randomSeed }: Arena,
  { announceS = Number.POSITIVE_INFINITY, pexS = Number.POSITIVE_INFINITY }: P2pModel,
  {
    swarm,
    seeding,
    found,
  }: { swarm: Swarm; seeding: Seeding; found: (machine: number, others: readonly number[]) => void },
): PeerSearch | undefined {
  const { tracker } = swarm;
  if (!tracker) return;
  const chance = new RandomStream(randomSeed, 'exchange');
  const searched = { ...swarm, tracker, machines: model.machines.length };
  return new PeerSearch(searched, { simulation, announceS, pexS, chance, seeding, found });
}

/** By peer. The server is at the first site. */
function sitesOf({ machines, seeders = [] }: DeploymentModel): number[] {
  return [0, ...machines.map(({ site }) => site), ...seeders.map(({ site }) => site)];
}

/** Peers beside the server that have everything from the start. */
function seedersOf({ machines, seeders = [] }: DeploymentModel): number[] {
  return seeders.map((_, place) => machines.length + 1 + place);
}

function isUneven(model: DeploymentModel, { choker }: P2pModel): boolean {
  return choker === 'grants' && areLinksUneven(model);
}
