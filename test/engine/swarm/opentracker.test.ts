import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { remade } from '../a-metainfo.ts';
import { aFolder, someBytes } from '../an-image.ts';
import { type ASwarm, aFreePort, aSwarm, aSwarmOf } from './a-swarm.ts';
import { FOREIGN_CLIENTS, startForeign } from './foreign-clients.ts';

const HOST = '127.0.0.1';
const PIECE = 65_536;
const IMAGE = someBytes(20 * PIECE + 1);

/** @returns the port of an opentracker that serves this torrent alone */
async function anOpentracker(context: TestContext, infoHash: string): Promise<number> {
  const command = installedTool(context, 'opentracker', 'opentracker');
  // It gives up its rights, and sees nothing but this folder.
  const folder = await aFolder();
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'allowed'), `${infoHash}\n`);
  const port = await aFreePort(HOST);
  const child = spawn(command, [...['-i', HOST, '-p', String(port)], ...['-d', folder, '-w', 'allowed']]);
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  });
  while (!(await answers(port))) await sleep(20);
  return port;
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, HOST, () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/** A swarm of our clients whose only tracker is an opentracker. */
async function aForeignlyTrackedSwarm(context: TestContext): Promise<ASwarm> {
  const { metainfo } = await aSwarm(IMAGE, PIECE);
  const port = await anOpentracker(context, metainfo.infoHash);
  return aSwarmOf(IMAGE, () => remade(metainfo, { trackers: [`http://${HOST}:${port}/announce`] }));
}

describe('opentracker', () => {
  it('brings our clients together', async (context) => {
    const swarm = await aForeignlyTrackedSwarm(context);
    await swarm.seed(await swarm.aPeer('seeder'));
    expect(Buffer.compare(await swarm.download(await swarm.aPeer('leecher')), IMAGE)).toBe(0);
  });

  it('brings us together with a client of others', async (context) => {
    const swarm = await aForeignlyTrackedSwarm(context);
    await swarm.seed(await swarm.aPeer('seeder'));
    const aria2 = FOREIGN_CLIENTS.find(({ name }) => name === 'aria2')!;
    await (await startForeign(aria2, { context, swarm })).completed();
  });
});
