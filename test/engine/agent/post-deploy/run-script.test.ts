import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { runScript } from '../../../../src/engine/agent/post-deploy/run-script.ts';
import { aFolder } from '../../an-image.ts';
import { mounted } from '../../image/a-mounted-volume.ts';
import { ext, MIB, tool } from '../../image/a-volume.ts';
import { aLargerDisk, MACHINE, partitionOf } from './a-deployed-disk.ts';

async function aDisk(context: TestContext) {
  const script = 'label: gpt\nsize=8MiB\nsize=32MiB\n';
  const volumes = [{ number: 2, fileSystem: 'ext4', file: await ext(32 * MIB, 'ext4')(context) }];
  return aLargerDisk(context, { script, bytes: 42 * MIB, volumes }, 42 * MIB);
}

const scripted = (text: string, timeoutS = 60) => runScript({ name: 'own work', text, timeoutS });

/** One that has ended and that nobody has asked for is a zombie. */
function isAlive(processId: string): boolean {
  try {
    return !readFileSync(`/proc/${processId}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

/** It is killed, and gone as soon as the kernel has run it once more; the test's time limit is the end of patience. */
async function untilGone(processIds: readonly string[]): Promise<void> {
  while (processIds.some(isAlive)) await sleep(20);
}

/** Those that the script has said. */
function processIdsIn(notes: readonly string[]): string[] {
  return notes.flatMap((note) => /^own work: (\d+)$/.exec(note)?.[1] ?? []);
}

describe('a script of the operator', () => {
  it('knows disk, machine, image and version, and what it says is in the log', async (context) => {
    const { path, run, notes } = await aDisk(context);
    await run(
      scripted(
        'echo $SWARMBOOT_DISK; echo $SWARMBOOT_MACHINE; echo $SWARMBOOT_IMAGE $SWARMBOOT_VERSION; echo $$ >&2',
      ),
    );
    expect(notes).toEqual(
      expect.arrayContaining([
        `own work: ${path}`,
        `own work: ${MACHINE}`,
        'own work: lab 3',
        expect.stringMatching(/^own work: \d+$/),
      ]),
    );
  });

  it('changes files of a partition, which it mounts by its variable', async (context) => {
    const { path, run } = await aDisk(context);
    const folder = await aFolder();
    await run(
      scripted(
        `set -e\nmount "$SWARMBOOT_PARTITION_2" ${folder}\necho done > ${folder}/by-script\numount ${folder}\n`,
      ),
    );
    const { file } = await partitionOf(context, path, 2);
    const volume = await mounted(context, file);
    expect(await readFile(join(volume.folder, 'by-script'), 'utf8')).toBe('done\n');
  });

  it('is over with its exit, though somebody has left its group and keeps the output open', async (context) => {
    const { run, notes } = await aDisk(context);
    onTestFinished(() => {
      for (const sleeper of processIdsIn(notes))
        if (isAlive(sleeper)) process.kill(Number(sleeper), 'SIGKILL');
    });
    // Until it has a session of its own, whose number is its process id (proc(5), stat).
    const hasLeft = `[ "$(cut -d ' ' -f 6 /proc/$!/stat)" = "$!" ]`;
    await run(
      scripted(`setsid sleep 600 & echo $!; until ${hasLeft}; do sleep 0.05; done; echo its last words`),
    );
    expect(notes).toContain('own work: its last words');
    // The output is still held open.
    expect(processIdsIn(notes).map(isAlive)).toEqual([true]);
  });

  it('fails the machine by its exit code, with its last words, and leaves no device', async (context) => {
    const { path, run } = await aDisk(context);
    await expect(run(scripted('echo no licence >&2; exit 23'))).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: 'script own work ended with exit code 23; it said last: no licence',
    });
    expect(await tool(context, 'losetup', 'mount')('--associated', path)).toBe('');
  });

  it('is ended with all that it has started when its time is over', async (context) => {
    const { run } = await aDisk(context);
    const mark = join(await aFolder(), 'process id');
    await expect(
      run(scripted(`sleep 600 & echo $! > '${mark}'; echo waiting; sleep 600`, 5)),
    ).rejects.toMatchObject({
      code: 'SCRIPT_TIMEOUT',
      message: 'script own work was not done after 5 s; it said last: waiting',
    });
    await untilGone([(await readFile(mark, 'utf8')).trim()]);
  });

  it('takes what it left in the background with it when it is done', async (context) => {
    const { run, notes } = await aDisk(context);
    await run(scripted('sleep 600 & echo $!'));
    expect(processIdsIn(notes)).toHaveLength(1);
    await untilGone(processIdsIn(notes));
  });

  it('ends where the agent is interrupted', async (context) => {
    const { deployed } = await aDisk(context);
    const controller = new AbortController();
    const notes: string[] = [];
    const note = (sentence: string) => {
      notes.push(sentence);
      controller.abort();
    };
    await expect(
      scripted('sleep 600 & echo $!; sleep 600').run({ ...deployed, note, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'SCRIPT_FAILED' });
    expect(processIdsIn(notes)).toHaveLength(1);
    await untilGone(processIdsIn(notes));
  });
});
