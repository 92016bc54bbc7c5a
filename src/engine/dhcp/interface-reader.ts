import { networkInterfaces } from 'node:os';
import { ConfigError } from '../../failure.ts';
import type { Ipv4 } from './ipv4.ts';

/**
 * Our own address on an interface, its first one.
 * Throws a ConfigError that says which interfaces there are.
 */
export function ownAddressOn(interfaceName: string): Ipv4 {
  const found = networkInterfaces();
  const address = found[interfaceName]?.find(({ family }) => family === 'IPv4')?.address;
  if (address !== undefined) return address;
  const usable = Object.keys(found).filter((name) => found[name]!.some(({ family }) => family === 'IPv4'));
  throw new ConfigError(
    'interface',
    `there is no interface \`${interfaceName}\` that is up and has an IPv4 address; there are: ${usable.join(', ') || 'none'}`,
  );
}
