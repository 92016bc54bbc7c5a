import { z } from 'zod';
import { EXECUTORS, type Phase, TRANSPORTS } from '../record/run-record.ts';
import { type Fields, fieldsOf } from './field.ts';
import type { QuantityKind, QuantityParser } from './quantity.ts';

/** Sizes in bytes, rates in bytes per second, times in seconds: all are numbers once a scenario is read. */
export type Bytes = number;
export type Seconds = number;

/** Ways of the tracker to choose whom it hands out to a swarm. */
const P2P_HANDOUTS = ['random', 'regular', 'sites'] as const;
export type P2pHandout = (typeof P2P_HANDOUTS)[number];

/** An object whose unknown keys are mistakes that name what is allowed. */
function settings<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const allowed = Object.keys(shape).map((key) => `\`${key}\``);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `allowed are ${allowed.join(', ')}` : undefined),
  });
}

/**
 * The scenario file: every setting once, with its default and the sentence that editors show.
 * @param parserOf reads quantities; it is called only when a value is validated
 */
export function scenarioSchema(parserOf: (kind: QuantityKind) => QuantityParser) {
  const fields = fieldsOf(parserOf);
  return settings({
    name: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'allowed is a name of small letters, digits and hyphens' })
      .describe('names the report folder'),
    title: z.string().min(1).describe('the question, as the heading of the report'),
    description: z.string().optional().describe('what to know before reading the result'),
    executors: z
      .array(z.enum(EXECUTORS))
      .min(1)
      .default(['theory', 'sim'])
      .describe('who answers when --on is not given'),
    image: imageSchema(fields),
    network: networkSchema(fields),
    fleet: fleetSchema(fields),
    disk: diskSchema(fields).prefault({}),
    phases: phasesSchema(fields).prefault({}).describe('phases that do not depend on the network'),
    transports: transportsSchema(fields),
    faults: z.array(faultSchema(fields)).default([]),
    seeds: z
      .array(z.int().min(0).max(0xffff_ffff))
      .min(1, { error: 'allowed is a list of whole numbers such as `[1, 2, 3]`' })
      .default([1])
      .describe('random seeds: one run for each'),
    plain: z.boolean().default(true).describe('whether the scenario itself is run beside its variants'),
    variants: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), z.looseObject({}))
      .default({})
      .describe('name -> changes to any of the settings above'),
    measured: z.array(measuredSchema(fields)).default([]).describe('published cells to lay beside'),
  }).refine(hasStarters, {
    path: ['faults'],
    error: 'allowed are fewer machines that join than every number in fleet.machines',
  });
}

function imageSchema(fields: Fields) {
  const ratio = 'allowed is a number from 1 up: used bytes / wire bytes';
  return settings({
    size: fields.bytes().describe('the whole disk'),
    used: fields.bytes().optional().describe('used ranges of the disk; default: all of it'),
    pieceLength: fields.bytes().prefault('1 MiB').describe('piece of the swarm'),
    encoding: z.enum(['raw', 'zstd']).default('raw').describe('wire encoding'),
    compressionRatio: z
      .number({ error: ratio })
      .min(1, { error: ratio })
      .default(1)
      .describe('used bytes / wire bytes of an encoding that compresses'),
  });
}

function linkSchema(fields: Fields) {
  return settings({
    up: fields.rate().describe('goodput away from here'),
    down: fields.rate().prefault('unlimited').describe('goodput towards here'),
  });
}

function networkSchema(fields: Fields) {
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
    latency: fields.seconds().prefault('0 s').describe('one-way delay between any two machines'),
    loss: fields
      .share()
      .default(0)
      .describe('share of packets lost, independently, on the way to each machine'),
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
      .optional()
      .describe('sites with a WAN link each; the server stands at the first'),
  });
}

function fleetSchema(fields: Fields) {
  const error = 'allowed is a list of machine counts such as `[1, 4, 8]`';
  const start = z.union(
    [
      z.literal('together'),
      settings({ staggered: fields.seconds().describe('time between two power-ons') }),
      settings({ poisson: fields.seconds().describe('mean time between two power-ons') }),
    ],
    { error: 'allowed is `together`, `{staggered: 2 s}` or `{poisson: 2 s}`' },
  );
  return settings({
    machines: z
      .array(fields.count('machines'), { error })
      .min(1, { error })
      .describe('how many machines are deployed: one run for each number'),
    start: start.default('together').describe('how the machines are powered on'),
  });
}

function diskSchema(fields: Fields) {
  return settings({
    read: fields.rate().prefault('unlimited').describe('read rate of every machine'),
    write: fields.rate().prefault('unlimited').describe('write rate of every machine'),
    shared: z.boolean().default(false).describe('reading and writing share one budget, as on a hard disk'),
    readBack: z.boolean().default(true).describe('the whole image is read back and compared at the end'),
  });
}

/** Phases whose time a scenario may give; the others follow from the network and the disk. */
export type FixedPhase = Exclude<Phase, 'scan' | 'download' | 'write' | 'verify'>;

function phasesSchema(fields: Fields) {
  const time = () => fields.seconds().prefault('0 s');
  return settings({
    boot: time().describe('firmware to agent start'),
    register: time(),
    partition: time(),
    metainfo: time(),
    finish: time().describe('post-deploy steps and restart'),
  });
}

function transportsSchema(fields: Fields) {
  const diskWrite = z
    .enum(['streamed', 'serial'])
    .default('streamed')
    .describe('written as it arrives, or stored first and written after the download');
  const p2p = settings({
    diskWrite,
    uploadSlots: fields.count('slots').default(4).describe('uploads of a machine at a time'),
    seederSlots: fields.count('slots').default(5).describe('uploads of the seeder at a time'),
    neighbours: fields.count('peers').default(24).describe('neighbours that the tracker hands out'),
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
  const multicast = settings({
    diskWrite,
    rate: fields
      .rate()
      .prefault('unlimited')
      .describe('rate of the sender; default: that of the slowest link'),
    packet: fields.bytes().prefault('1456 B').describe('payload of one packet'),
    wait: fields.seconds().prefault('0 s').describe('time that the sender waits for receivers'),
    round: fields.seconds().prefault('0 s').describe('time to collect the losses of one round'),
  });
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
    multicast: orNothing(multicast).optional(),
    chain: orNothing(chain).optional(),
  }).refine((chosen) => Object.values(chosen).some((chosenSettings) => chosenSettings !== undefined), {
    error: `allowed is at least one of ${TRANSPORTS.map((name) => `\`${name}\``).join(', ')}`,
  });
}

/** `unicast:` with nothing behind it means all defaults. */
function orNothing<Shape extends z.core.$ZodShape>(schema: z.ZodObject<Shape, z.core.$strict>) {
  return schema.nullable().transform((value) => value ?? schema.parse({}));
}

function faultSchema(fields: Fields) {
  const copies = 'allowed is a number of copies of the image above zero, such as `1.1`';
  return z.union(
    [
      settings({
        kill: fields
          .count('machines')
          .describe('machines that die for good: the last of those that do not join'),
        at: fields.seconds().describe('time after the start of the transfer'),
      }),
      settings({
        join: fields.count('machines').describe('machines that are powered on later: those that come last'),
        at: fields.seconds().describe('time after the start of the transfer'),
      }),
      settings({
        slow: fields.count('machines').describe('machines with a slow link: those that came first'),
        to: fields.rate().describe('their link rate, both directions'),
      }),
      settings({
        seederLeaves: z
          .number({ error: copies })
          .positive({ error: copies })
          .describe(
            'copies of the image that leave the server before its peer goes for good; the tracker stays',
          ),
      }),
    ],
    {
      error:
        'allowed is `{kill: 2, at: 30 s}`, `{join: 2, at: 30 s}`, `{slow: 1, to: 5 Mbit/s}` or `{seederLeaves: 1.1}`',
    },
  );
}

/** A transfer starts with those who do not join later. */
function hasStarters({ fleet, faults }: { fleet: { machines: number[] }; faults: Fault[] }): boolean {
  const joining = faults.reduce((sum, fault) => sum + ('join' in fault ? fault.join : 0), 0);
  return fleet.machines.every((machines) => machines > joining);
}

type Fault = z.output<ReturnType<typeof faultSchema>>;

function measuredSchema(fields: Fields) {
  return settings({
    transport: z.enum(TRANSPORTS),
    machines: fields.count('machines'),
    makespan: fields.positiveSeconds(),
    citation: z.string().min(1).describe('where it was published'),
  });
}

/** A scenario as read: quantities in base units, defaults filled in. */
export type Scenario = z.output<ReturnType<typeof scenarioSchema>>;
