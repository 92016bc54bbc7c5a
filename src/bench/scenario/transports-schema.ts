import { z } from 'zod';
import { orNothing, settings } from '../../settings/group.ts';
import { TRANSPORTS } from '../record/run-record.ts';
import type { Fields } from './field.ts';

/** Ways of the tracker to choose whom it hands out to a swarm. */
const P2P_HANDOUTS = ['random', 'regular', 'sites'] as const;
export type P2pHandout = (typeof P2P_HANDOUTS)[number];

/** What `transports.p2p.seeders` may be. */
export const SEEDERS_ALLOWED =
  'allowed is a number of seeders beside the server, or a list of names of network.sites such as `[branch]`';
/** What `transports.p2p.pex` may be. */
const PEX_ALLOWED = 'allowed is true, false or a time above zero such as `30 s`';
/** BEP 11: no more than one message a minute to a peer [s]. */
const EXCHANGE_S = 60;
/** Ways of a machine to read the files of a saved disk from its server. */
const SAVED_OVER = ['http', 'nfs'] as const;
export type SavedOver = (typeof SAVED_OVER)[number];

/** Ways to bring the image to the machines; what is left out is not run. */
export function transportsSchema(fields: Fields) {
  const diskWrite = z
    .enum(['streamed', 'serial'])
    .default('streamed')
    .describe('written as it arrives, or stored first and written after the download');
  const p2p = settings({
    diskWrite,
    uploadSlots: fields.count('slots').default(4).describe('uploads of a machine at a time'),
    seederSlots: fields.count('slots').default(5).describe('uploads of the seeder at a time'),
    neighbours: fields.count('peers').default(24).describe('neighbours that the tracker hands out'),
    maxConnections: fields
      .count('connections')
      .optional()
      .describe(
        'connections that a machine keeps at most, the server has no limit; default: to all that it is told of; simulator only',
      ),
    announceInterval: fields
      .positiveSeconds()
      .optional()
      .describe(
        'time after which a machine that lacks pieces asks the tracker again; default: it asks once; simulator only',
      ),
    pex: z
      .union([z.boolean(), fields.positiveSeconds()], { error: PEX_ALLOWED })
      .transform((pex) => (typeof pex === 'number' ? pex : pex ? EXCHANGE_S : undefined))
      .optional()
      .describe(
        'time between two messages in which a peer tells a neighbour of others (BEP 11); true: a minute; default: it tells nothing; simulator only',
      ),
    handout: z
      .enum(P2P_HANDOUTS)
      .optional()
      .describe(
        'whom the tracker hands out: anybody, those with the fewest links, or these of the own site and few of others; default: `sites` where there are several, else `regular`',
      ),
    picker: z
      .enum(['rarest', 'sampled', 'random', 'sequential'])
      .default('rarest')
      .describe('which piece is asked for first; sampled: the rarest of a few rows of 32'),
    randomFirst: z
      .int({ error: 'allowed is a whole number of pieces from 0 up' })
      .min(0, { error: 'allowed is a whole number of pieces from 0 up' })
      .default(0)
      .describe('so many pieces are picked at random, before the picker has a say'),
    choker: z
      .enum(['grants', 'classic'])
      .default('grants')
      .describe(
        'who is unchoked: the next for one piece, or, every ten seconds, who gives most and one by chance',
      ),
    seeder: z
      .enum(['dealing', 'superseed', 'plain'])
      .default('dealing')
      .describe(
        'deals every piece once before any twice, reveals the next piece when the last was seen elsewhere (BEP 16), or serves like any peer',
      ),
    seeders: z
      .union([fields.count('seeders'), z.array(z.string().min(1)).min(1)], { error: SEEDERS_ALLOWED })
      .optional()
      .describe(
        'machines beside the server that have the image from the start and are not deployed: so many at its site, or one at each of these sites; default: none; simulator only',
      ),
    webSeed: orNothing(
      settings({
        up: fields
          .rate()
          .optional()
          .describe("uplink of a host of its own at the server's site; default: the server, over its link"),
        use: z
          .enum(['quiet', 'always'])
          .default('quiet')
          .describe('when a machine asks it: while the swarm brings it nothing, or all the time'),
      }),
    )
      .optional()
      .describe(
        'a web server that has the image and hands out pieces (BEP 19); default: none; simulator only, on real machines the server',
      ),
    staysFor: fields
      .seconds()
      .optional()
      .describe(
        'time that a machine goes on serving others after it is done; default: to the end; models only',
      ),
    pipeline: z
      .enum(['shared', 'measured'])
      .default('shared')
      .describe(
        'blocks that one source may owe: its share of a window, or more where its line is long; labs only, the simulator sends whole pieces',
      ),
  });
  const webtorrent = settings({
    diskWrite,
    uploadSlots: fields.count('slots').default(4).describe('uploads of a machine at a time'),
    seederSlots: fields.count('slots').default(5).describe('uploads of the seeder at a time'),
    neighbours: fields.count('peers').default(50).describe('neighbours that the tracker hands out'),
  });
  const theirOwn = settings({}).describe('a program that is not ours, with its own defaults; labs only');
  const unicast = settings({
    diskWrite,
    wave: fields.count('machines').optional().describe('machines served at a time; default: all'),
  });
  const slices = settings({
    packets: fields.count('packets').default(112).describe('packets of a slice'),
    duplex: z
      .enum(['full', 'half'])
      .default('full')
      .describe(
        'whether the sender sends the next slice while it waits for answers about the last one, or sends nothing',
      ),
    askAgain: fields
      .seconds()
      .prefault('11 ms')
      .describe('time that a sender with nothing else to send waits before it asks again who did not answer'),
  });
  const casting = {
    rate: fields
      .rate()
      .prefault('unlimited')
      .describe('rate of the sender; default: that of the slowest link'),
    packet: fields.bytes().prefault('1456 B').describe('payload of one packet'),
    wait: fields.seconds().prefault('0 s').describe('time that the sender waits for receivers'),
    round: fields
      .seconds()
      .prefault('0 s')
      .describe('time to collect the losses of one round, or of a slice'),
    slices: slices.prefault({}).describe('of `repair: slices`; the defaults are those of udpcast'),
    dropAfter: fields
      .seconds()
      .prefault('11 s')
      .describe(
        'time that the sender, and all machines with it, waits for one that does not answer before it goes on without it; udpcast takes whole seconds, 191 by default',
      ),
  };
  const multicast = settings({
    diskWrite,
    ...casting,
    repair: z
      .enum(['rounds', 'slices', 'p2p', 'carousel'])
      .default('rounds')
      .describe(
        'how what was lost is brought: in rounds over the image; slice by slice, as udpcast does; after one multicast by our swarm, with the policies of the product; or when the image comes by again, round and round, where machines that come late join in the middle; p2p and carousel: simulator only',
      ),
  });
  const clonezillaUnicast = settings({
    over: z
      .enum(SAVED_OVER)
      .default('http')
      .describe(
        'how a machine reads the files of the image: by HTTP (curl), or by NFS as Clonezilla does, with a server and a client in user space (nfs-ganesha, libnfs)',
      ),
  }).describe('a partclone image to each machine, through zstd into partclone.restore');
  const clonezillaMulticast = settings({
    ...casting,
    repair: z
      .enum(['rounds', 'slices'])
      .default('rounds')
      .describe('models: how what was lost is brought, in rounds over the image or slice by slice'),
  }).describe('a partclone image by udpcast to all machines, through zstd into partclone.restore');
  const chain = settings({
    diskWrite,
    hopSetUp: fields.seconds().prefault('0 s').describe('time to connect one machine to the next'),
    children: fields
      .count('machines')
      .default(1)
      .describe('machines that each one passes the image on to: 1 is a chain, more make a tree'),
  });
  return settings({
    p2p: orNothing(p2p).optional(),
    webtorrent: orNothing(webtorrent).optional(),
    aria2: orNothing(theirOwn).optional(),
    libtorrent: orNothing(theirOwn).optional(),
    unicast: orNothing(unicast).optional(),
    'clonezilla-unicast': orNothing(clonezillaUnicast).optional(),
    multicast: orNothing(multicast).optional(),
    'clonezilla-multicast': orNothing(clonezillaMulticast).optional(),
    chain: orNothing(chain).optional(),
  }).refine((chosen) => Object.values(chosen).some((chosenSettings) => chosenSettings !== undefined), {
    error: `allowed is at least one of ${TRANSPORTS.map((name) => `\`${name}\``).join(', ')}`,
  });
}
