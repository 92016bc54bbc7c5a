import { z } from 'zod';
import { EXECUTORS, PHASES, TRANSPORTS } from '../record/run-record.ts';
import {
  BYTES,
  BYTES_PER_SECOND,
  parseShare,
  type QuantityKind,
  type QuantityParser,
  SECONDS,
  SHARE_ALLOWED,
} from './quantity.ts';

/** Sizes in bytes, rates in bytes per second, times in seconds, all as numbers once a scenario is read. */
export type Bytes = number;
export type BytesPerSecond = number;
export type Seconds = number;

/**
 * The scenario file: every setting once, with its unit, its default and the sentence that editors show.
 * @param parserOf reads quantities; where only the JSON Schema is wanted no parser is needed
 */
export function scenarioSchema(parserOf: (kind: QuantityKind) => QuantityParser) {
  const quantity = (kind: QuantityKind) =>
    z
      .string({ error: `allowed is ${kind.allowed}` })
      .meta({ description: kind.allowed })
      .transform((text, context) => {
        try {
          return parserOf(kind)(text);
        } catch (error) {
          context.issues.push({ code: 'custom', input: text, message: sentence(error, kind.allowed) });
          return z.NEVER;
        }
      });
  const positive = (kind: QuantityKind) =>
    quantity(kind).refine((value) => value > 0, { error: `allowed is ${kind.allowed}, above zero` });
  const share = () =>
    z.union([z.string(), z.number()], { error: `allowed is ${SHARE_ALLOWED}` }).transform((value, context) => {
      try {
        return parseShare(value);
      } catch (error) {
        context.issues.push({ code: 'custom', input: value, message: sentence(error, SHARE_ALLOWED) });
        return z.NEVER;
      }
    });
  const count = (allowed: string) => z.int({ error: `allowed is ${allowed}` }).min(1, { error: `allowed is ${allowed}` });

  const link = () =>
    z.strictObject({
      up: positive(BYTES_PER_SECOND).describe('goodput away from the machine'),
      down: positive(BYTES_PER_SECOND).prefault('unlimited').describe('goodput towards the machine'),
    });

  const image = z.strictObject({
    size: positive(BYTES).describe('the whole disk'),
    used: positive(BYTES).optional().describe('used ranges of the disk; default: all of it'),
    pieceLength: positive(BYTES).prefault('1 MiB').describe('piece of the swarm'),
    encoding: z.enum(['raw', 'zstd']).default('raw').describe('wire encoding'),
    compressionRatio: z
      .number({ error: 'allowed is a number from 1 up: used bytes / wire bytes' })
      .min(1, { error: 'allowed is a number from 1 up: used bytes / wire bytes' })
      .default(1)
      .describe('used bytes / wire bytes of the encoding'),
  });

  const network = z.strictObject({
    server: link().describe('link of the server'),
    machine: link().describe('link of every machine'),
    connectionCap: positive(BYTES_PER_SECOND)
      .prefault('unlimited')
      .describe('most that one connection carries, such as a TCP window over its round trip'),
    latency: quantity(SECONDS).prefault('0 s').describe('one-way delay between any two machines'),
    loss: share().default(0).describe('share of packets lost, independently, on the way to each machine'),
    sites: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          machines: share().describe('share of the machines at this site'),
          wan: link().describe('link of the site to all other sites'),
        }),
      )
      .min(1, { error: 'allowed is a list of one or more sites' })
      .optional()
      .describe('sites with a WAN link each; the server stands at the first'),
  });

  const fleet = z.strictObject({
    machines: z
      .array(count('a list of machine counts, each from 1 up'), { error: 'allowed is a list of machine counts such as `[1, 4, 8]`' })
      .min(1, { error: 'allowed is a list of machine counts such as `[1, 4, 8]`' })
      .describe('how many machines are deployed: one run for each number'),
    start: z
      .union(
        [
          z.literal('together'),
          z.strictObject({ staggered: quantity(SECONDS).describe('time between two power-ons') }),
          z.strictObject({ poisson: quantity(SECONDS).describe('mean time between two power-ons') }),
        ],
        { error: 'allowed is `together`, `{staggered: 2 s}` or `{poisson: 2 s}`' },
      )
      .default('together')
      .describe('how the machines are powered on'),
  });

  const disk = z.strictObject({
    read: positive(BYTES_PER_SECOND).prefault('unlimited').describe('read rate of every machine'),
    write: positive(BYTES_PER_SECOND).prefault('unlimited').describe('write rate of every machine'),
    shared: z.boolean().default(false).describe('reading and writing share one budget, as on a hard disk'),
    readBack: z.boolean().default(true).describe('the whole image is read back and compared after the download'),
  });

  const phaseTimes = z.strictObject({
    boot: quantity(SECONDS).prefault('0 s'),
    register: quantity(SECONDS).prefault('0 s'),
    partition: quantity(SECONDS).prefault('0 s'),
    metainfo: quantity(SECONDS).prefault('0 s'),
    finish: quantity(SECONDS).prefault('0 s'),
  });

  const diskWrite = z
    .enum(['streamed', 'serial'])
    .default('streamed')
    .describe('written as it arrives, or stored first and written after the download');
  const settingsOf = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
    z.preprocess((value) => value ?? {}, z.strictObject({ diskWrite, ...shape }));

  const transports = z.strictObject({
    p2p: settingsOf({
      uploadSlots: count('a number of slots from 1 up').default(4).describe('uploads of a machine at a time'),
      seederSlots: count('a number of slots from 1 up').default(5).describe('uploads of the seeder at a time'),
      neighbours: count('a number from 1 up').default(50).describe('neighbours that the tracker hands out'),
      picker: z.enum(['rarest', 'random']).default('rarest').describe('which piece is asked for first'),
      seeder: z
        .enum(['dealing', 'plain'])
        .default('dealing')
        .describe('the seeder deals every piece once before any twice, or serves like any peer'),
    }).optional(),
    unicast: settingsOf({
      wave: count('a number of machines from 1 up').optional().describe('machines served at a time; default: all'),
    }).optional(),
    multicast: settingsOf({
      rate: positive(BYTES_PER_SECOND).prefault('unlimited').describe('rate of the sender; default: the server link'),
      packet: positive(BYTES).prefault('1456 B').describe('payload of one packet'),
      wait: quantity(SECONDS).prefault('0 s').describe('time that the sender waits for receivers'),
      round: quantity(SECONDS).prefault('0 s').describe('time to collect the losses of one round'),
    }).optional(),
    chain: settingsOf({
      hopSetUp: quantity(SECONDS).prefault('0 s').describe('time to connect one machine to the next'),
    }).optional(),
  });

  const fault = z.union(
    [
      z.strictObject({
        kill: count('a number of machines from 1 up').describe('machines that die for good: those that came last'),
        at: quantity(SECONDS).describe('time after the start of the transfer'),
      }),
      z.strictObject({
        slow: count('a number of machines from 1 up').describe('machines with a slow link: those that came first'),
        to: positive(BYTES_PER_SECOND).describe('their link rate, both directions'),
      }),
    ],
    { error: 'allowed is `{kill: 2, at: 30 s}` or `{slow: 1, to: 5 Mbit/s}`' },
  );

  const measured = z.strictObject({
    transport: z.enum(TRANSPORTS),
    machines: count('a number of machines from 1 up'),
    makespan: positive(SECONDS),
    citation: z.string().min(1).describe('where it was published'),
  });

  return z.strictObject({
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
    image,
    network,
    fleet,
    disk: disk.prefault({}),
    phases: phaseTimes.prefault({}).describe('phases that do not depend on the network'),
    transports: transports.refine((value) => Object.values(value).some((settings) => settings !== undefined), {
      error: 'allowed is at least one of `p2p`, `unicast`, `multicast`, `chain`',
    }),
    faults: z.array(fault).default([]),
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
    measured: z.array(measured).default([]).describe('published cells to lay beside'),
  });
}

function sentence(error: unknown, allowed: string): string {
  return `${(error as RangeError).message}; allowed is ${allowed}`;
}

/** A scenario as read: quantities in base units, defaults filled in. */
export type Scenario = z.output<ReturnType<typeof scenarioSchema>>;

/** Settings of one transport. */
export type TransportSettings = Required<NonNullable<Scenario['transports']>>;

/** Phases whose time a scenario may give. */
export type FixedPhase = Exclude<(typeof PHASES)[number], 'scan' | 'download' | 'write' | 'verify'>;
