import type { AddressInfo } from 'node:net';

/** A tracker that answers HTTP announces (BEP 3, BEP 23) for the torrents that it was told of. */
export interface Tracker {
  readonly announceUrl: string;
  /** From now on announces for this torrent are answered. */
  serve(infoHash: string): void;
  close(): Promise<void>;
}

/** Rejects with the system's error where the port is taken. Port 0 takes any free one. */
export async function startTracker(host: string, port: number): Promise<Tracker> {
  const { default: TrackerServer } = await import('bittorrent-tracker/server');
  const served = new Set<string>();
  const server = new TrackerServer({
    http: true,
    udp: false,
    ws: false,
    stats: false,
    filter: (infoHash, _params, callback) =>
      callback(served.has(infoHash) ? null : new Error('this torrent is not served here')),
  });
  const listening = Promise.withResolvers<void>();
  server.once('listening', listening.resolve);
  server.on('error', listening.reject);
  // A bad request is the client's mistake: it has been answered with a failure reason.
  server.on('warning', () => {});
  server.listen(port, host);
  await listening.promise;
  const address = server.http.address() as AddressInfo;
  return {
    announceUrl: `http://${host}:${address.port}/announce`,
    serve: (infoHash) => served.add(infoHash),
    close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(resolve);
      server.http.closeAllConnections();
      return promise;
    },
  };
}
