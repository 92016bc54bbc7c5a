import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { QuantityKind, QuantityParser } from '../../settings/quantity.ts';
import { EXECUTORS, TRANSPORTS } from '../record/run-record.ts';
import { bootSchema } from './boot-schema.ts';
import { diskSchema } from './disk-schema.ts';
import { type Fault, faultSchema } from './faults-schema.ts';
import { type Fields, fieldsOf } from './field.ts';
import { fleetSchema } from './fleet-schema.ts';
import { imageSchema } from './image-schema.ts';
import { phasesSchema } from './machine-schema.ts';
import { networkSchema } from './network-schema.ts';
import { SEEDERS_ALLOWED, transportsSchema } from './transports-schema.ts';

/** Sizes in bytes, rates in bytes per second, times in seconds: all are numbers once a scenario is read. */
export type Seconds = number;

/**
 * The scenario file: every setting once, with its default and the sentence that editors show.
 * @param parserOf reads quantities; it is called only when a value is validated
 */
export function scenarioSchema(parserOf: (kind: QuantityKind) => QuantityParser) {
  const fields = fieldsOf(parserOf);
  const scenario = settings({
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
    boot: bootSchema(fields).optional(),
    phases: phasesSchema(fields).prefault({}).describe('phases that do not depend on the network'),
    transports: transportsSchema(fields),
    faults: z.array(faultSchema(fields)).default([]),
    seeds: z
      .array(z.int().min(0).max(0xffff_ffff))
      .min(1, { error: 'allowed is a list of whole numbers such as `[1, 2, 3]`' })
      .default([1])
      .describe('random seeds: one run for each'),
    onceFrom: fields
      .seconds()
      .optional()
      .describe(
        'a run in a lab whose lower bound is as long as this is made for the first random seed only; default: none',
      ),
    only: onlySchema(fields).prefault({}).describe('what of this scenario or variant is run; default: all'),
    plain: z.boolean().default(true).describe('whether the scenario itself is run beside its variants'),
    variants: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), z.looseObject({}))
      .default({})
      .describe('name -> changes to any of the settings above'),
    measured: z
      .array(measuredSchema(fields))
      .refine(areDifferent, {
        error:
          'two cells have the same transport, machines and citation; allowed is one: give the median of repeats',
      })
      .default([])
      .describe('published cells to lay beside'),
  });
  return scenario
    .refine(hasStarters, {
      path: ['faults'],
      error: 'allowed are fewer machines that join than every number in fleet.machines',
    })
    .refine(hasSitesOfSeeders, { path: ['transports', 'p2p', 'seeders'], error: SEEDERS_ALLOWED });
}

/** What `only.upTo` may be. */
const UP_TO_ALLOWED =
  'allowed is a whole number of machines, from 1 up, or one by transport such as `{ webtorrent: 5 }`';

/** Choices beside those of the command line: both have to agree. */
function onlySchema(fields: Fields) {
  const error = 'allowed is a list of transports such as `[p2p, unicast]`';
  const count = fields.count('machines');
  const byTransport = Object.fromEntries(TRANSPORTS.map((transport) => [transport, count.optional()]));
  return settings({
    transports: z
      .array(z.enum(TRANSPORTS), { error })
      .min(1, { error })
      .optional()
      .describe('of the transports, these'),
    upTo: z
      .union([count, settings(byTransport)], { error: UP_TO_ALLOWED })
      .optional()
      .describe('of the machine counts, those up to this one, for all transports or by transport'),
  });
}

/** A transfer starts with those who do not join later. */
function hasStarters({ fleet, faults }: { fleet: { machines: number[] }; faults: Fault[] }): boolean {
  const joining = faults.reduce((sum, fault) => sum + ('join' in fault ? fault.join : 0), 0);
  return fleet.machines.every((machines) => machines > joining);
}

function hasSitesOfSeeders({
  network,
  transports,
}: {
  network: { sites?: { name: string }[] | undefined };
  transports: { p2p?: { seeders?: number | string[] | undefined } | undefined };
}): boolean {
  const seeders = transports.p2p?.seeders ?? [];
  const names = network.sites?.map(({ name }) => name) ?? [];
  return typeof seeders === 'number' || seeders.every((name) => names.includes(name));
}

function areDifferent(cells: readonly { transport: string; machines: number; citation: string }[]): boolean {
  const names = cells.map(({ transport, machines, citation }) =>
    JSON.stringify([transport, machines, citation]),
  );
  return new Set(names).size === names.length;
}

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
