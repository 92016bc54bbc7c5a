import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeploymentClient } from '../../../src/engine/http/deployment-client.ts';

const REGISTRATION = { ids: ['machine'], firmware: 'uefi', memoryBytes: 2 ** 30, disks: [] } as const;
const TAKEN = { machine: 'machine', imageFolder: 'images/lab/1', isResumed: false };

/** A client of a server that answers every registration with this. */
async function aClient(answer: object): Promise<DeploymentClient> {
  const server = createServer((_, response) => response.end(JSON.stringify(answer))).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  return new DeploymentClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'token',
  });
}

describe('a registered machine', () => {
  it('knows the steps that are asked of it', async () => {
    const steps = { growLastPartition: true, hostName: 'pc-1', scripts: [], efiBootEntry: false };
    const client = await aClient({ ...TAKEN, steps });
    expect(await client.register(REGISTRATION)).toEqual({ ...TAKEN, steps });
  });

  it('has none where the server says nothing of them', async () => {
    expect(await (await aClient(TAKEN)).register(REGISTRATION)).toEqual({ ...TAKEN, steps: undefined });
    expect(await (await aClient({ ...TAKEN, steps: null })).register(REGISTRATION)).toMatchObject({
      steps: undefined,
    });
  });

  it('writes nothing where it does not know a step', async () => {
    const steps = { growLastPartition: true, hostName: null, scripts: [], efiBootEntry: false, bios: 'new' };
    await expect((await aClient({ ...TAKEN, steps })).register(REGISTRATION)).rejects.toMatchObject({
      code: 'UNKNOWN_STEPS',
      message: expect.stringContaining('bios'),
    });
  });
});

describe('the client of the swarm', () => {
  it('is the one that the server names', async () => {
    const client = await aClient({ ...TAKEN, client: 'webtorrent' });
    expect(await client.register(REGISTRATION)).toMatchObject({ client: 'webtorrent' });
  });

  it('has to be one that the agent knows, or nothing is written', async () => {
    await expect((await aClient({ ...TAKEN, client: 'other' })).register(REGISTRATION)).rejects.toMatchObject(
      { code: 'UNKNOWN_CLIENT', message: expect.stringContaining('runs other') },
    );
  });
});

describe('a server that fails', () => {
  it('is asked again, as one that is away', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      response.statusCode = asked++ === 0 ? 500 : 200;
      response.end(JSON.stringify(asked === 1 ? { error: 'its disk is full' } : TAKEN));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await new DeploymentClient({ url, token: 'token' }).register(REGISTRATION)).toMatchObject(TAKEN);
    expect(asked).toBe(2);
  });
});

describe('a file of a server', () => {
  it.each([
    ['whole', (client: DeploymentClient) => client.file('a-file')],
    ['part', (client: DeploymentClient) => client.range('a-file', { begin: 2, bytes: 3, fileBytes: 10 })],
  ] as const)('is fetched over a restart: %s', async (what, fetched) => {
    const file = Buffer.from('0123456789');
    let asked = 0;
    const server = createServer(({ headers }, response) => {
      // The first time it goes down in the middle of its answer.
      if (asked++ === 0) return void response.destroy();
      if (!headers.range) return void response.end(file);
      response.writeHead(206, { 'content-range': 'bytes 2-4/10', 'content-length': 3 });
      response.end(file.subarray(2, 5));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const bytes = await fetched(new DeploymentClient({ url, token: 'token', patienceMs: 20_000 }));
    expect(Buffer.from(bytes).toString()).toBe(what === 'whole' ? '0123456789' : '234');
    expect(asked).toBe(2);
  });
});
