import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AGENT_ENVIRONMENT } from '../../../src/engine/agent/agent-environment.ts';

const PROCESS = fileURLToPath(new URL('./page-faults-process.ts', import.meta.url));

async function pageFaultsOfAChunk(environment: Record<string, string>): Promise<number> {
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [PROCESS], { env });
  return Number(stdout);
}

describe('the environment of an agent', () => {
  it('keeps the memory of chunks from going to the kernel and back', async () => {
    const usual = await pageFaultsOfAChunk({});
    expect(await pageFaultsOfAChunk(AGENT_ENVIRONMENT)).toBeLessThan(usual / 2);
  });
});
