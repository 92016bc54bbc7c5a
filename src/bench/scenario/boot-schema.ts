import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { Fields } from './field.ts';

/** What machines load before the agent runs, and what serves it. */
export function bootSchema(fields: Fields) {
  const step = z.union(
    [
      z.literal('dhcp'),
      settings({ wait: fields.seconds().describe('time that no server is asked for') }),
      settings({ tftp: fields.bytes().describe('a file by TFTP') }),
      settings({ http: fields.bytes().describe('a file by HTTP') }),
    ],
    { error: 'allowed is `dhcp`, `{tftp: 300 KiB}`, `{http: 32 MB}` or `{wait: 5 s}`' },
  );
  const transfers = () =>
    fields.count('transfers').optional().describe('transfers at a time, the others wait; default: all');
  const dhcp = settings({
    service: fields
      .seconds()
      .prefault('0 s')
      .describe('time of the server for one message; two make an exchange'),
  });
  const tftp = settings({
    blockSize: fields.bytes().prefault('1432 B').describe('payload of a packet (RFC 2348)'),
    window: fields
      .count('blocks')
      .default(1)
      .describe('blocks sent before an answer is waited for (RFC 7440); 1 is lock-step'),
    turnaround: fields
      .seconds()
      .prefault('0 s')
      .describe('time of a client to answer, beside twice network.latency'),
    service: fields
      .seconds()
      .prefault('0 s')
      .describe('time of the server for one packet, one after the other'),
    transfers: transfers(),
  });
  return settings({
    steps: z
      .array(step)
      .min(1, { error: 'allowed is a list of one or more steps' })
      .describe('what a machine does between phases.boot and the agent, one step after the other'),
    dhcp: dhcp.prefault({}).describe('the DHCP server'),
    tftp: tftp.prefault({}).describe('the TFTP server'),
    http: settings({ transfers: transfers() }).prefault({}).describe('the HTTP server of boot files'),
  }).describe('boot storm: what machines load over the link of the server before the agent runs');
}
