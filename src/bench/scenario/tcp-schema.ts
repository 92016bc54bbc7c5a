import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { Fields } from './field.ts';

/** The TCP of Linux, in segments, bytes and seconds: where a scenario says nothing of it, this is simulated. */
export const LINUX_TCP = { slowStart: false, firstWindow: 10, segment: 1448, timeout: 0.2 } as const;

/** What of TCP is simulated beside fair shares. */
export function tcpSchema(fields: Fields) {
  return settings({
    slowStart: z
      .boolean()
      .default(LINUX_TCP.slowStart)
      .describe('a new connection, or an idle one, sends one window and doubles it each round trip'),
    firstWindow: fields
      .count('segments')
      .default(LINUX_TCP.firstWindow)
      .describe('window of a new connection (RFC 6928)'),
    segment: fields.bytes().prefault(`${LINUX_TCP.segment} B`).describe('payload of a packet'),
    timeout: fields
      .positiveSeconds()
      .prefault(`${1000 * LINUX_TCP.timeout} ms`)
      .describe(
        'what the first wait before a packet is sent again, each further one being twice as long, and the idle time after which a window is forgotten, are longer than a round trip',
      ),
    underLoss: z
      .enum(['mathis', 'padhye'])
      .optional()
      .describe(
        'what network.loss makes of a connection: mathis (1997) up to 2 % of loss, padhye (1998, with timeouts) up to 10 %',
      ),
  });
}
