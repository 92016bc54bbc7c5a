import { SERVER } from '../network/topology.ts';
import type { SwarmState } from './swarm.ts';

/** Whether a peer is here and lacks pieces that are not on their way. */
export function isReceiving({ isHere, picking, pieces }: SwarmState, peer: number): boolean {
  return isHere[peer] === 1 && peer !== SERVER && picking.taken.sizes[peer] !== pieces;
}

/** Whether an uploader has a piece that a receiver lacks, and may fetch from there. */
export function hasFor({ held, picking, crossing }: SwarmState, uploader: number, receiver: number): boolean {
  return crossing?.isAcross(receiver, uploader)
    ? crossing.has(receiver, uploader, picking.taken)
    : held.hasOutside(uploader, picking.taken, receiver);
}
