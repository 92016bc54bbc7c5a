import { z } from 'zod';
import { ConfigError } from '../../failure.ts';
import { PLATFORMS } from '../boot/platform.ts';
import { SWARM_CLIENT_NAMES } from '../swarm/swarm-client-by-name.ts';

const port = z.int().min(1).max(65_535);
const address = z.ipv4();

const subnet = z.strictObject({
  network: z.string().describe('such as 10.0.0.0/24'),
  range: z
    .strictObject({ first: address, last: address })
    .exactOptional()
    .describe('addresses for whoever asks; without one only reservations'),
  router: address.exactOptional(),
  nameServers: z.array(address).exactOptional(),
  domainName: z.string().exactOptional(),
  leaseS: z.int().default(3600).describe('how long an address is lent [s]'),
});

const reservation = z.strictObject({
  mac: z.string(),
  address,
  hostName: z.string().exactOptional(),
});

const bootImage = z.strictObject({
  kernel: z.string().default('vmlinuz'),
  initrds: z.array(z.string()).default(['initrd.img']),
  arguments: z.array(z.string()).default(['quiet']).describe("words of the kernel's command line"),
});

const rate = z.number().positive();
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of the day; write 08:00 or 17:30')
  .describe('local time, such as 08:00');

/** Payload bytes per second that the server's own peer sends of one image. */
const seedingLimits = z.strictObject({
  total: rate.exactOptional().describe('to all machines together'),
  machine: rate.exactOptional().describe('to each machine'),
  sites: z.record(z.string(), rate).default({}).describe('to all machines of a site together, by its label'),
});

/** By platform; what is missing is not booted. */
function byPlatform<Schema extends z.ZodType>(schema: Schema) {
  return z.partialRecord(z.enum(PLATFORMS as [(typeof PLATFORMS)[number]]), schema);
}

/** The settings of a deployment server: what stands in `swarmboot.yaml`. */
const serverSettings = z.strictObject({
  state: z.string().default('/var/lib/swarmboot').describe('machines, deployments, leases, tokens'),
  store: z.string().exactOptional().describe('golden images; default: the folder `state`'),
  interface: z.string().describe('machines are behind this network interface'),
  site: z.string().default('').describe('label of the place where the server is'),
  upload: z
    .number()
    .positive()
    .exactOptional()
    .describe('payload bytes per second, of all images together; default: no limit'),
  dhcp: z
    .strictObject({
      mode: z
        .enum(['proxy', 'full', 'reservations-only', 'off'])
        .default('proxy')
        .describe('proxy: beside a DHCP server that gives the addresses'),
      onRival: z
        .enum(['refuse', 'staySilent'])
        .default('refuse')
        .describe('what to do about another server that would answer the same machines'),
      subnets: z.array(subnet).default([]),
      reservations: z.array(reservation).default([]),
    })
    .prefault({}),
  http: z.strictObject({ port: port.default(8080) }).prefault({}),
  tftp: z.strictObject({ port: port.default(69) }).prefault({}),
  tracker: z.strictObject({ port: port.default(6969) }).prefault({}),
  swarm: z
    .strictObject({
      client: z
        .enum(SWARM_CLIENT_NAMES)
        .default('swarmboot')
        .describe('what server and machines run; webtorrent is there to be compared with'),
      port: port.default(6881).describe('of the first image; others take those that follow'),
      limits: seedingLimits.prefault({}).describe('what the server sends of an image [byte/s]'),
      timetable: z
        .array(z.strictObject({ from: timeOfDay, to: timeOfDay, limits: seedingLimits }))
        .default([])
        .describe('limits of times of the day, in the place of those: the first that it is the time of'),
    })
    .prefault({}),
  boot: z
    .strictObject({
      folder: z.string().exactOptional().describe('boot files; default: `boot` in the folder `state`'),
      loaders: byPlatform(z.string()).default({ bios: 'undionly.kpxe', 'uefi-x64': 'snponly.efi' }),
      systemRescue: z
        .string()
        .exactOptional()
        .describe('folder of boot files with the unpacked ISO of SystemRescue, to boot that instead'),
      images: byPlatform(bootImage).prefault({ bios: {}, 'uefi-x64': {} }),
    })
    .prefault({}),
});

export type ServerSettings = z.output<typeof serverSettings>;
type SeedingLimits = z.output<typeof seedingLimits>;

/** Settings with their defaults. Throws a ConfigError that names the first setting that cannot be. */
export function serverSettingsOf(value: unknown): ServerSettings {
  const read = serverSettings.safeParse(value);
  if (read.success) return withinClient(read.data);
  const { path, message } = read.error.issues[0]!;
  throw new ConfigError(path.join('.'), message);
}

/** Throws a ConfigError for the first setting that the client of the swarm cannot keep to. */
function withinClient(settings: ServerSettings): ServerSettings {
  const { swarm, upload, site } = settings;
  const { client, limits, timetable } = swarm;
  if (client === 'swarmboot') return settings;
  const remedy = 'or leave `swarm.client` at swarmboot';
  if (upload !== undefined)
    throw new ConfigError(
      'upload',
      `${client} shares no rate between images; limit each by \`swarm.limits.total\`, ${remedy}`,
    );
  if (site !== '') throw new ConfigError('site', `${client} knows no sites; leave it out, ${remedy}`);
  const places: [string, SeedingLimits][] = [
    ['swarm.limits', limits],
    ...timetable.map((entry, index): [string, SeedingLimits] => [
      `swarm.timetable.${index}.limits`,
      entry.limits,
    ]),
  ];
  for (const [place, { machine, sites }] of places) {
    const field = machine !== undefined ? 'machine' : Object.keys(sites).length > 0 ? 'sites' : undefined;
    if (field === undefined) continue;
    throw new ConfigError(
      `${place}.${field}`,
      `${client} limits nothing but all machines together; use \`total\`, ${remedy}`,
    );
  }
  return settings;
}
