import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProgramPipe } from '../../../../src/bench/executors/netns/program-pipe.ts';

async function aFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-pipe-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "it's");
}

describe('a pipe of programs', () => {
  it('gives each what the one before it writes, and words as they are', async () => {
    const file = await aFile();
    await new ProgramPipe([['printf', '%s', "a 'b' $HOME *"], ['cat'], ['dd', `of=${file}`]]).finished;
    expect(await readFile(file, 'utf8')).toBe("a 'b' $HOME *");
  });

  it.each([
    [
      'the first',
      [['sh', '-c', 'echo broken >&2; exit 3'], ['cat'], ['cat']],
      'sh ended with exit code 3: broken',
    ],
    ['one in the middle', [['echo', 'x'], ['false'], ['cat']], 'false ended with exit code 1'],
    [
      'the last, although another could not write to it',
      [['yes'], ['cat'], ['false']],
      'false ended with exit code 1',
    ],
    [
      'the last, although curl says that it could not write to it',
      [
        ['curl', '--silent', '--show-error', 'file:///dev/zero'],
        ['sh', '-c', 'echo ERROR: no space >&2; exit 1'],
      ],
      'sh ended with exit code 1: ERROR: no space',
    ],
    ['one that is not there', [['no-such-program'], ['cat']], 'no-such-program ended with exit code 127'],
  ] as const)('fails with %s', async (_, commands, sentence) => {
    await expect(new ProgramPipe(commands).finished).rejects.toThrow(sentence);
  });

  it('has nothing to do with what the shell of its user does when it starts', async () => {
    const home = dirname(await aFile());
    for (const name of ['.bashrc', 'env']) await writeFile(join(home, name), 'exit 7\n');
    const before = { HOME: process.env.HOME, BASH_ENV: process.env.BASH_ENV, SHLVL: process.env.SHLVL };
    onTestFinished(() => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    // As it is where no shell runs around the lab.
    Object.assign(process.env, { HOME: home, BASH_ENV: join(home, 'env'), SHLVL: '0' });
    await new ProgramPipe([['true'], ['cat']]).finished;
  });

  it('ends all of them when it is stopped', async () => {
    const pipe = new ProgramPipe([['sleep', '1000'], ['cat']]);
    while (pipe.readBy('cat') === null) await new Promise((resolve) => setTimeout(resolve, 10));
    pipe.stop();
    await expect(pipe.finished).rejects.toThrow();
    expect(pipe.readBy('sleep')).toBeNull();
  });
});
