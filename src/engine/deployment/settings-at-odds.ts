import type { Mistake } from '../../settings/mistake.ts';
import type { ServerSettings } from './server-settings.ts';

type SeedingLimits = ServerSettings['swarm']['limits'];

/** Settings that may be, each by itself, and not beside the others: something would be passed over in silence. */
export function settingsAtOdds(settings: ServerSettings): Mistake[] {
  return [...pastClient(settings), ...pastMode(settings.dhcp)];
}

/** What the client of the swarm cannot keep to. */
function pastClient({ swarm, upload, site }: ServerSettings): Mistake[] {
  const { client, limits, timetable } = swarm;
  if (client === 'swarmboot') return [];
  const mistake = (path: Mistake['path'], sentence: string): Mistake => ({
    path,
    sentence: `${client} ${sentence}, or leave \`swarm.client\` at swarmboot`,
  });
  const ofLimits = (path: Mistake['path'], { machine, sites }: SeedingLimits): Mistake[] => {
    const sentence = 'limits nothing but all machines together; use `total`';
    return [
      ...(machine === undefined ? [] : [mistake([...path, 'machine'], sentence)]),
      ...(Object.keys(sites).length === 0 ? [] : [mistake([...path, 'sites'], sentence)]),
    ];
  };
  const shared = 'shares no rate between images; limit each by `swarm.limits.total`';
  return [
    ...(upload === undefined ? [] : [mistake(['upload'], shared)]),
    ...(site === '' ? [] : [mistake(['site'], 'knows no sites; leave it out')]),
    ...ofLimits(['swarm', 'limits'], limits),
    ...timetable.flatMap((entry, index) => ofLimits(['swarm', 'timetable', index, 'limits'], entry.limits)),
  ];
}

/** Addresses that nobody would get, and none where they are to be given. */
function pastMode({ mode, subnets, reservations }: ServerSettings['dhcp']): Mistake[] {
  if (mode === 'full' || mode === 'reservations-only') {
    if (subnets.length > 0) return [];
    const example = '{ network: 10.0.0.0/24, range: { first: 10.0.0.50, last: 10.0.0.250 } }';
    const sentence = `the mode \`${mode}\` gives addresses, and there is no network to give them in; write one, such as \`${example}\``;
    return [{ path: ['dhcp', 'subnets'], sentence }];
  }
  const sentence = `in the mode \`${mode}\` no addresses are given; set \`dhcp.mode\` to full or reservations-only, or leave this out`;
  return Object.entries({ subnets, reservations })
    .filter(([, entries]) => entries.length > 0)
    .map(([name]) => ({ path: ['dhcp', name], sentence }));
}
