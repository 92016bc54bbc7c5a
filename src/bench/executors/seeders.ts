import type { LinkModel } from '../../sim/index.ts';
import type { Scenario } from '../scenario/schema.ts';

/** A seeder of our swarm beside the server. */
export interface OtherSeeder {
  readonly link: LinkModel;
  /** Index of its site; 0 is that of the server. */
  readonly site: number;
}

/** The seeders of our swarm beside the server, each a machine that was deployed before. */
export function otherSeeders({ network, transports }: Scenario): OtherSeeder[] {
  const seeders = transports.p2p?.seeders ?? [];
  const names = network.sites?.map(({ name }) => name) ?? [];
  const sites =
    typeof seeders === 'number'
      ? Array.from({ length: seeders }, () => 0)
      : seeders.map((name) => names.indexOf(name));
  const { up, down } = network.machine;
  return sites.map((site) => ({ link: { upBps: up, downBps: down }, site }));
}
