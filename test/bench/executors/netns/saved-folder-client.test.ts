import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { savedFolderAt } from '../../../../src/bench/executors/netns/clonezilla/saved-folder-client.ts';

async function aServer(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/saved`, close };
}

describe('the folder of a saved disk, over HTTP', () => {
  it('gives texts and sizes of its files', async () => {
    const { url } = await aServer(({ url: path = '' }, response) => {
      response.setHeader('content-length', path.length);
      response.end(path);
    });
    const folder = savedFolderAt(url);
    expect(await folder.text('sda-pt.sf')).toBe('/saved/sda-pt.sf');
    expect(await folder.sizesOf(['a', 'bcd'])).toEqual(['/saved/a'.length, '/saved/bcd'.length]);
  });

  it('says so where the server is away', async () => {
    const { url, close } = await aServer((_, response) => response.end());
    close();
    const failure = {
      code: 'SAVED_DISK',
      message: expect.stringMatching(
        /^the server cannot be reached for http:\S+\/sda-pt\.sf: .*ECONNREFUSED/,
      ),
    };
    const folder = savedFolderAt(url);
    await expect(folder.text('sda-pt.sf')).rejects.toMatchObject(failure);
    await expect(folder.sizesOf(['sda-pt.sf'])).rejects.toMatchObject(failure);
  });

  it('says so where the server goes away in the middle of its answer', async () => {
    const { url, close } = await aServer((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half of it');
      setTimeout(close, 50);
    });
    await expect(savedFolderAt(url).text('sda-pt.sf')).rejects.toMatchObject({
      code: 'SAVED_DISK',
      message: expect.stringMatching(
        /^the server cannot be reached for http:\S+\/sda-pt\.sf: other side closed$/,
      ),
    });
  });

  it('says what the server answers for a file that it does not have', async () => {
    const { url } = await aServer((_, response) => response.writeHead(404).end());
    await expect(savedFolderAt(url).text('sda-pt.sf')).rejects.toMatchObject({
      code: 'SAVED_DISK',
      message: `the server answers 404 for ${url}/sda-pt.sf`,
    });
  });
});
