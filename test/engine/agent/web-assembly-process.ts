import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { leaveWebAssemblyPlain } from '../../../src/engine/agent/web-assembly.ts';

// As many answers by `fetch` as make V8 optimise its parser; V8 tells of what it compiles by a flag of the process.
if (process.argv[2] === 'plain') leaveWebAssemblyPlain();
const server = createServer((_, response) => response.end('x'.repeat(1000)));
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo;
  for (let answer = 0; answer < 50; answer++) await (await fetch(`http://127.0.0.1:${port}`)).arrayBuffer();
  server.close();
});
