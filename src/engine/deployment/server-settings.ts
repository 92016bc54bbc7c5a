import { z } from 'zod';
import { keysAllowed, settings } from '../../settings/group.ts';
import type { loadQuantityParser } from '../../settings/quantity.ts';
import { PLATFORMS } from '../boot/platform.ts';
import { SWARM_CLIENT_NAMES } from '../swarm/swarm-client-by-name.ts';
import { rateSetting } from './rate-setting.ts';

const PORT = { error: 'allowed is a port from 1 to 65535' };
const port = z.int(PORT).min(1, PORT).max(65_535, PORT);
const address = z.ipv4({ error: 'allowed is an address such as 10.0.0.1' });

const subnet = settings({
  network: z.string().describe('such as 10.0.0.0/24'),
  range: settings({ first: address, last: address })
    .exactOptional()
    .describe('addresses for whoever asks; without one only reservations'),
  router: address.exactOptional(),
  nameServers: z.array(address).exactOptional(),
  domainName: z.string().exactOptional(),
  leaseS: z
    .int({ error: 'allowed is a whole number of seconds' })
    .default(3600)
    .describe('how long an address is lent [s]'),
});

const reservation = settings({
  mac: z.string(),
  address,
  hostName: z.string().exactOptional(),
});

const bootImage = settings({
  kernel: z.string().default('vmlinuz'),
  initrds: z.array(z.string()).default(['initrd.img']),
  arguments: z.array(z.string()).default(['quiet']).describe("words of the kernel's command line"),
});

const TIME = { error: 'allowed is a time of the day such as 08:00 or 17:30' };
const timeOfDay = z
  .string(TIME)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, TIME)
  .describe('local time, such as 08:00');

/** By platform; what is missing is not booted. */
function byPlatform<Schema extends z.ZodType>(schema: Schema) {
  const platform = z.enum(PLATFORMS as [(typeof PLATFORMS)[number]]);
  return z.partialRecord(platform, schema, { error: keysAllowed(PLATFORMS) });
}

/**
 * The settings of a deployment server: what stands in `swarmboot.yaml`.
 * @param load brings the parser of quantities; it is called only where one is written
 */
export function serverSettingsSchema(load: typeof loadQuantityParser) {
  const rate = rateSetting(load);
  /** Payload that the server's own peer sends of one image. */
  const seedingLimits = settings({
    total: rate.exactOptional().describe('to all machines together'),
    machine: rate.exactOptional().describe('to each machine'),
    sites: z
      .record(z.string(), rate)
      .default({})
      .describe('to all machines of a site together, by its label'),
  });
  return settings({
    state: z.string().default('/var/lib/swarmboot').describe('machines, deployments, leases, tokens'),
    store: z.string().exactOptional().describe('golden images; default: the folder `state`'),
    interface: z.string().describe('machines are behind this network interface'),
    site: z.string().default('').describe('label of the place where the server is'),
    upload: rate.exactOptional().describe('payload of all images together; default: no limit'),
    dhcp: settings({
      mode: z
        .enum(['proxy', 'full', 'reservations-only', 'off'])
        .default('proxy')
        .describe('proxy: beside a DHCP server that gives the addresses'),
      onRival: z
        .enum(['refuse', 'staySilent'])
        .default('refuse')
        .describe('what to do about another server that would answer the same machines'),
      subnets: z.array(subnet).default([]).describe('in the modes `full` and `reservations-only`'),
      reservations: z.array(reservation).default([]).describe('in the same modes'),
    }).prefault({}),
    http: settings({ port: port.default(8080) }).prefault({}),
    tftp: settings({ port: port.default(69) }).prefault({}),
    tracker: settings({ port: port.default(6969) }).prefault({}),
    swarm: settings({
      client: z
        .enum(SWARM_CLIENT_NAMES)
        .default('swarmboot')
        .describe('what server and machines run; webtorrent is there to be compared with'),
      port: port.default(6881).describe('of the first image; others take those that follow'),
      limits: seedingLimits.prefault({}).describe('what the server sends of an image'),
      timetable: z
        .array(settings({ from: timeOfDay, to: timeOfDay, limits: seedingLimits }))
        .default([])
        .describe('limits of times of the day, in the place of those: the first that it is the time of'),
    }).prefault({}),
    boot: settings({
      folder: z.string().exactOptional().describe('boot files; default: `boot` in the folder `state`'),
      loaders: byPlatform(z.string()).default({ bios: 'undionly.kpxe', 'uefi-x64': 'snponly.efi' }),
      systemRescue: z
        .string()
        .exactOptional()
        .describe('folder of boot files with the unpacked ISO of SystemRescue, to boot that instead'),
      images: byPlatform(bootImage).prefault({ bios: {}, 'uefi-x64': {} }),
    }).prefault({}),
  });
}

export type ServerSettings = z.output<ReturnType<typeof serverSettingsSchema>>;
