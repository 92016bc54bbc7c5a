import { onTestFinished } from 'vitest';
import { ImageServer } from '../../../src/engine/http/image-server.ts';
import { MachineRegistry } from '../../../src/engine/http/machine-registry.ts';
import { ImageReader } from '../../../src/engine/image/image-reader.ts';
import type { BootFiles } from '../../../src/engine/tftp/boot-file.ts';
import { anImageFile } from '../an-image.ts';

const FOLDER = 'images/lab/1';

/** Tokens of the server's deployment. */
export const TOKENS = { agent: 'a-token', operator: 'an-operator' };

export interface ImageServerWishes {
  readonly pieceBytes?: number;
  readonly upBps?: number;
  readonly bootFiles?: BootFiles;
}

/** Our own image server with this payload; gone when the test is over. */
export async function anImageServer(payload: Uint8Array, wishes: ImageServerWishes = {}) {
  const { pieceBytes = 65_536, upBps = Number.POSITIVE_INFINITY, bootFiles = new Map() } = wishes;
  const reader = await ImageReader.open(await anImageFile(payload), pieceBytes);
  const registry = new MachineRegistry(FOLDER);
  const server = await ImageServer.start({
    host: '127.0.0.1',
    port: 0,
    registry,
    tokens: TOKENS,
    payload: reader,
    payloadPath: `${FOLDER}/payload`,
    bootFiles,
    upBps,
  });
  onTestFinished(async () => {
    await server.close();
    await reader.close();
  });
  const url = `http://127.0.0.1:${server.port}`;
  return { server, registry, url, payloadUrl: `${url}/${FOLDER}/payload` };
}
