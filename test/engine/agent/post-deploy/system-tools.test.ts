import { describe, expect, it } from 'vitest';
import { askTool, runTool } from '../../../../src/engine/agent/post-deploy/system-tools.ts';

describe('a tool of the system', () => {
  it('gives what it wrote, of what it was given', async () => {
    expect(await runTool({ name: 'cat', args: [], input: 'text' })).toBe('text');
  });

  it('is a failure that names it where it is missing, also where it was only asked', async () => {
    const missing = { code: 'MISSING_TOOL', message: expect.stringContaining('no-such-tool is missing') };
    await expect(runTool({ name: 'no-such-tool', args: [] })).rejects.toMatchObject(missing);
    await expect(askTool({ name: 'no-such-tool', args: [] })).rejects.toMatchObject(missing);
  });

  it('is a failure with its last words where it fails, and no answer where it was only asked', async () => {
    const call = { name: 'sh', args: ['-c', 'echo why >&2; exit 7'] };
    await expect(runTool(call)).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringMatching(/ended with 7: why$/),
    });
    expect(await askTool(call)).toBeUndefined();
    expect(await runTool({ ...call, good: [0, 7] })).toBe('');
  });
});
