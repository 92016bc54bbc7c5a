import { describe, expect, it } from 'vitest';
import { bundleAgent } from '../../../src/cli/agent-bundle.ts';
import { serverSettings, serverSettingsIn } from './some-server-settings.ts';

describe('a rate in the settings of a server', () => {
  it.each([
    ['100 Mbit/s', 12.5e6],
    ['12.5 MB/s', 12.5e6],
    ['300 B/s', 300],
    ['unlimited', Number.POSITIVE_INFINITY],
    [12_500_000, 12.5e6],
    [10_000, 10_000],
  ])('is read as bytes per second: %s', async (upload, bytesPerSecond) => {
    const swarm = { limits: { total: upload, sites: { 'room 7': upload } } };
    const settings = await serverSettings({ upload, swarm });
    expect(settings.upload).toBe(bytesPerSecond);
    expect(settings.swarm.limits).toEqual({ total: bytesPerSecond, sites: { 'room 7': bytesPerSecond } });
  });

  it.each([
    [
      '100',
      'found `100`, which is 100 bytes per second; allowed is a rate with its unit, such as `94 Mbit/s`',
    ],
    ['9999', 'found `9999`, which is 9999 bytes per second'],
    ['-1', 'found `-1`'],
    ['100 Mbit', 'found `100 Mbit`, which has another unit'],
    ['0 Mbit/s', 'found `0 Mbit/s`; allowed is a rate'],
    ['[1]', 'found `[1]`; allowed is a rate'],
  ])('is refused where it is mostly meant otherwise: %s', async (upload, sentence) => {
    const refused = serverSettingsIn(`interface: eth0\nupload: ${upload}\n`);
    await expect(refused).rejects.toThrow(`swarmboot.yaml:2:9: upload: ${sentence}`);
    await expect(refused).rejects.toThrow('; a number alone is bytes per second, from 10000 up');
  });

  it('brings no parser into the agent, whose machine has little memory', async () => {
    const [agent] = await bundleAgent();
    expect(Buffer.from(agent!.bytes).toString()).not.toContain('mathjs');
  });
});

describe('mistakes in the settings of a server', () => {
  const mistakesIn = (text: string) =>
    serverSettingsIn(text).then(
      () => expect.fail('the settings were taken for good ones'),
      (error: Error) => error.message.split('\n'),
    );

  it('are told all at once with their places, unknown settings before what is missing', async () => {
    const text =
      'http: { port: 80800 }\ninterfaces: eth0\ndhcp: { mode: both }\nboot: { loaders: { arm: a } }\n';
    expect(await mistakesIn(text)).toEqual([
      expect.stringMatching(
        /^swarmboot\.yaml:2:1: unknown setting `interfaces`; allowed are `state`, `store`, /,
      ),
      expect.stringMatching(
        /^swarmboot\.yaml:4:20: boot\.loaders: unknown setting `arm`; allowed are `bios`, `uefi-ia32`/,
      ),
      'swarmboot.yaml:1:1: interface: is missing; allowed is a string',
      'swarmboot.yaml:1:15: http.port: found `80800`; allowed is a port from 1 to 65535',
      'swarmboot.yaml:3:15: dhcp.mode: found `both`; allowed is `proxy` or `full` or `reservations-only` or `off`',
    ]);
  });

  it.each([
    ['router: ten', 'dhcp.subnets.0.router: found `ten`; allowed is an address such as 10.0.0.1'],
    ['leaseS: an hour', 'dhcp.subnets.0.leaseS: found `an hour`; allowed is a whole number of seconds'],
  ])('name what is allowed: %s', async (setting, sentence) => {
    const subnet = `{ network: 10.0.0.0/24, ${setting} }`;
    expect(await mistakesIn(`interface: eth0\ndhcp: { mode: full, subnets: [${subnet}] }`)).toEqual([
      expect.stringContaining(sentence),
    ]);
  });

  it('are an alias that stands for nothing, and a text without settings', async () => {
    expect(await mistakesIn('interface: eth0\nsite: *nowhere\n')).toEqual([
      expect.stringMatching(/^swarmboot\.yaml:2:7: not valid YAML: Unresolved alias .*nowhere$/),
    ]);
    expect(await mistakesIn('')).toEqual(['swarmboot.yaml:1:1: found nothing; settings are lines']);
  });
});

describe('addresses in the settings of a server', () => {
  const subnets = [{ network: '10.0.0.0/24' }];
  const reservations = [{ mac: '52:54:00:00:00:01', address: '10.0.0.9' }];

  it.each(['proxy', 'off'])('are refused in the mode %s, which gives none', async (mode) => {
    const refused = serverSettings({ dhcp: { mode, subnets, reservations } });
    await expect(refused).rejects.toThrow(
      `dhcp.subnets: in the mode \`${mode}\` no addresses are given; set \`dhcp.mode\` to full or reservations-only`,
    );
    await expect(refused).rejects.toThrow('dhcp.reservations: ');
  });

  it.each(['full', 'reservations-only'])('need a network in the mode %s', async (mode) => {
    const { dhcp } = await serverSettings({ dhcp: { mode, subnets, reservations } });
    expect(dhcp.subnets).toMatchObject(subnets);
    await expect(serverSettings({ dhcp: { mode } })).rejects.toThrow(
      `dhcp.subnets: the mode \`${mode}\` gives addresses, and there is no network to give them in`,
    );
  });
});
