import { PLATFORM } from './simgrid-workload.ts';

/**
 * Virtual time at which the peers of the example leave [s], after all are done: the tracker answers one a second, and the
 * last needs some rounds of 30 s. Its own deployment file says 5,000 s; idle peers would cost it a tenth more.
 */
function endOf(leechers: number): number {
  return leechers + 500;
}

const HEAD = `<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">`;

/** The example's platform, with a host for the tracker, the seeder and every other peer. */
export function platformFile(leechers: number): string {
  const { linkBps, linkLatencyS, backboneBps, backboneLatencyS } = PLATFORM;
  return `${HEAD}
  <cluster id="cluster" prefix="node-" radical="0-${leechers + 1}" suffix="" speed="1Gf"
    bw="${linkBps}Bps" lat="${linkLatencyS}s" bb_bw="${backboneBps}Bps" bb_lat="${backboneLatencyS}s"/>
</platform>
`;
}

/**
 * Who runs where: the tracker first, then the seeder, then all others, numbered from 2 as in the example's own file. These
 * numbers are its random seeds, and others can cost it half as much again.
 */
export function deploymentFile(leechers: number): string {
  const end = endOf(leechers);
  const peers = Array.from({ length: leechers + 1 }, (_, peer) =>
    actor(peer + 1, 'peer', peer === 0 ? [peer + 2, end, 1] : [peer + 2, end]),
  );
  return `${HEAD}\n${actor(0, 'tracker', [end])}\n${peers.join('\n')}\n</platform>\n`;
}

function actor(host: number, role: string, values: readonly number[]): string {
  const written = values.map((value) => `<argument value="${value}"/>`).join('');
  return `  <actor host="node-${host}" function="${role}">${written}</actor>`;
}
