import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Any would do: nothing is sent. */
const SOME_PORT = 9;

/**
 * The address at which a server finds this computer, before any NAT: the one at which we listen or, where we listen at
 * all of them (0.0.0.0 or ::), the one that the system would send from (connect(2) of a UDP socket).
 * Rejects with the system's error where there is no way to the server.
 */
export async function ownAddressTowards(serverUrl: string, host: string): Promise<string> {
  if (ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unspecified') return host;
  const { address, family } = await lookup(new URL(serverUrl).hostname.replace(/^\[|\]$/g, ''));
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const connected = Promise.withResolvers<void>();
  socket.once('error', connected.reject);
  socket.connect(SOME_PORT, address, connected.resolve);
  try {
    await connected.promise;
    return socket.address().address;
  } finally {
    socket.close();
  }
}
