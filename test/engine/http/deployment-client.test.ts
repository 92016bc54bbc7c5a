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
