import { execFileSync } from 'node:child_process';
import type { LinkBytes } from '../../record/run-record.ts';
import type { LinkCounters } from '../local/lab-place.ts';
import { type NetnsTopology, portOf, switchNamespace, wanPortOf } from './topology.ts';

const IP = 'ip';
/** Some 600 bytes for each interface. */
const MOST_OUTPUT_BYTES = 64 * 2 ** 20;

/** Of `ip -json -stats link show`. */
interface Interface {
  readonly ifname: string;
  readonly stats64: { readonly rx: { readonly bytes: number }; readonly tx: { readonly bytes: number } };
}

/** Bytes that have crossed the links so far, as the interfaces at the bridges have counted them. */
export function readLinkCounters(topology: NetnsTopology): LinkCounters {
  const command = ['-json', '-stats', '-n', switchNamespace(topology), 'link', 'show'];
  const output = execFileSync(IP, command, { encoding: 'utf8', maxBuffer: MOST_OUTPUT_BYTES });
  const found = new Map((JSON.parse(output) as Interface[]).map((each) => [each.ifname, each.stats64]));
  const hosts = topology.hosts.map((host): [string, LinkBytes] => {
    const { rx, tx } = found.get(portOf(host))!;
    return [host.name, { upBytes: rx.bytes, downBytes: tx.bytes }];
  });
  const sites = topology.sites.flatMap((_, site): LinkBytes[] => {
    const wan = found.get(wanPortOf(site));
    return wan ? [{ upBytes: wan.rx.bytes, downBytes: wan.tx.bytes }] : [];
  });
  return { hosts: new Map(hosts), sites };
}
