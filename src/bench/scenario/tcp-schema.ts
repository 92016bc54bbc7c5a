import { z } from 'zod';
import type { Fields } from './field.ts';
import { settings } from './settings.ts';

/** What of TCP is simulated beside fair shares. */
export function tcpSchema(fields: Fields) {
  return settings({
    slowStart: z
      .boolean()
      .default(false)
      .describe('a new connection, or an idle one, sends one window and doubles it each round trip'),
    firstWindow: fields.count('segments').default(10).describe('window of a new connection (RFC 6928)'),
    segment: fields.bytes().prefault('1448 B').describe('payload of a packet'),
    timeout: fields
      .positiveSeconds()
      .prefault('200 ms')
      .describe(
        'what the first wait before a packet is sent again, and the idle time after which a window is forgotten, are longer than a round trip',
      ),
    underLoss: z
      .enum(['mathis', 'padhye'])
      .optional()
      .describe(
        'what network.loss makes of a connection: mathis (1997) up to 2 % of loss, padhye (1998, with timeouts) up to 10 %',
      ),
  });
}
