import { type Arbitrary, constantFrom, integer, nat, oneof, record, uint8Array } from 'fast-check';
import type { Message } from '../../../../src/engine/swarm/wire/message.ts';

const number32 = oneof(nat(40), integer({ min: 0, max: 0xffff_ffff }));

/** Any message but `piece`, as a peer that keeps to the protocol may send it. */
export const anyMessage: Arbitrary<Message> = oneof(
  record({
    kind: constantFrom(
      'keepAlive' as const,
      'choke' as const,
      'unchoke' as const,
      'interested' as const,
      'notInterested' as const,
      'haveAll' as const,
      'haveNone' as const,
    ),
  }),
  record({
    kind: constantFrom('have' as const, 'suggest' as const, 'allowedFast' as const),
    piece: number32,
  }),
  record({
    kind: constantFrom('request' as const, 'cancel' as const, 'reject' as const),
    piece: number32,
    begin: number32,
    length: number32,
  }),
  record({ kind: constantFrom('bitfield' as const), bits: uint8Array({ maxLength: 200 }) }),
  record({
    kind: constantFrom('extended' as const),
    id: nat(255),
    payload: uint8Array({ maxLength: 200 }),
  }),
);
