import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { Fields } from './field.ts';
import { tcpSchema } from './tcp-schema.ts';

function linkSchema(fields: Fields) {
  return settings({
    up: fields.rate().describe('goodput away from here'),
    down: fields.rate().prefault('unlimited').describe('goodput towards here'),
  });
}

type Shares = readonly { readonly machines: number }[];

/** Shares such as a third cannot be written exactly. */
const ROUNDING = 1e-6;

function sumOf(sites: Shares): number {
  return sites.reduce((sum, { machines }) => sum + machines, 0);
}

/** Links, and what is between them. */
export function networkSchema(fields: Fields) {
  const site = settings({
    name: z.string().min(1),
    machines: fields.share().describe('share of the machines at this site'),
    wan: linkSchema(fields).describe('link of the site to all other sites'),
    nat: z
      .boolean()
      .default(false)
      .describe('machines of the site share one address towards all others, who cannot connect to them'),
  });
  return settings({
    server: linkSchema(fields).describe('link of the server'),
    machine: linkSchema(fields).describe('link of every machine'),
    connectionCap: fields
      .rate()
      .prefault('unlimited')
      .describe('most that one connection carries, such as a TCP window over its round trip'),
    backplane: fields
      .rate()
      .prefault('unlimited')
      .describe(
        'what the switch of each site carries of all its traffic together, that from and to other sites included; simulator only',
      ),
    multicast: z
      .enum(['igmp', 'flooding'])
      .default('igmp')
      .describe(
        'where switches send a multicast: to the ports and sites that receive it (IGMP snooping), or to all; simulator only',
      ),
    latency: fields.seconds().prefault('0 s').describe('one-way delay between any two machines'),
    loss: fields
      .share()
      .refine((share) => share < 1, {
        error: 'allowed is a share below 1: of what is all lost nothing arrives',
      })
      .default(0)
      .describe('share of packets lost, independently, on the way to each machine'),
    tcp: tcpSchema(fields).optional().describe('what of TCP is simulated beside fair shares'),
    tolerance: fields
      .share()
      .default(0)
      .describe(
        'changes of a simulated rate below this share that are not passed on from link to link; 0: exact',
      ),
    sites: z
      .array(site)
      .min(1, { error: 'allowed is a list of one or more sites' })
      .refine(([first]) => !first?.nat, {
        error: 'allowed is false: the server stands at the first site, and all machines connect to it',
        path: [0, 'nat'],
      })
      .refine((sites) => Math.abs(sumOf(sites) - 1) <= ROUNDING, {
        error: ({ input }) =>
          `found shares that are ${Number((100 * sumOf(input as Shares)).toPrecision(9))} % together; allowed are those that are 100 %`,
      })
      .refine((sites) => new Set(sites.map(({ name }) => name)).size === sites.length, {
        error: 'allowed are sites with names of their own',
      })
      .optional()
      .describe('sites with a WAN link each; the server stands at the first'),
  });
}
