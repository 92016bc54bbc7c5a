import type { SwarmEvent } from './watched-swarm.ts';

/** Who has what and who serves whom, at one point of a swarm's log. */
export interface SwarmState {
  readonly here: ReadonlySet<number>;
  /** Pieces by machine: those it has, and those on their way to it. */
  held(machine: number): ReadonlySet<number>;
  claimed(machine: number): ReadonlySet<number>;
  /** Receivers that a peer is uploading to. */
  serving(peer: number): ReadonlySet<number>;
}

/** An upload of one piece that began. */
export interface SwarmGrant {
  readonly timeS: number;
  readonly sender: number;
  readonly receiver: number;
  readonly piece: number;
}

/** What a reader of the log is told; `state` is that before the event. */
export interface Reader {
  granted?(grant: SwarmGrant, state: SwarmState): void;
  /** All that happens at one instant is over. */
  instantOver?(timeS: number, state: SwarmState): void;
}

/**
 * Goes through the log of a swarm without delay, event by event. Grants that a death cut off are left out: nobody
 * learns which piece they were of. So `claimed` and `serving` are complete only where nobody dies from there on.
 */
export function replay(log: readonly SwarmEvent[], reader: Reader): void {
  const pieces = piecesOfGrants(log);
  const here = new Set<number>();
  const [held, claimed, serving] = [new SetsByPeer(), new SetsByPeer(), new SetsByPeer()];
  const state: SwarmState = {
    here,
    held: (machine) => held.of(machine),
    claimed: (machine) => claimed.of(machine),
    serving: (peer) => serving.of(peer),
  };
  for (const [place, event] of log.entries()) {
    if (place > 0 && event.timeS > log[place - 1]!.timeS) reader.instantOver?.(log[place - 1]!.timeS, state);
    if (event.kind === 'joined') here.add(event.machine);
    if (event.kind === 'left') here.delete(event.machine);
    if (event.kind === 'started') {
      const { sender, receiver } = event;
      const piece = pieces.get(event);
      if (piece === undefined) continue;
      reader.granted?.({ timeS: event.timeS, sender, receiver, piece }, state);
      claimed.of(receiver).add(piece);
      serving.of(sender).add(receiver);
    }
    if (event.kind === 'delivered') {
      claimed.of(event.receiver).delete(event.piece);
      serving.of(event.sender).delete(event.receiver);
      held.of(event.receiver).add(event.piece);
    }
  }
}

class SetsByPeer {
  readonly #sets = new Map<number, Set<number>>();

  of(peer: number): Set<number> {
    const found = this.#sets.get(peer) ?? new Set();
    this.#sets.set(peer, found);
    return found;
  }
}

/** The piece of every start: one peer serves another with one piece at a time, so the next delivery tells. */
function piecesOfGrants(log: readonly SwarmEvent[]): Map<SwarmEvent, number> {
  const pieces = new Map<SwarmEvent, number>();
  const open = new Map<string, SwarmEvent>();
  for (const event of log) {
    if (event.kind === 'started') open.set(`${event.sender}-${event.receiver}`, event);
    if (event.kind === 'delivered') pieces.set(open.get(`${event.sender}-${event.receiver}`)!, event.piece);
  }
  return pieces;
}
