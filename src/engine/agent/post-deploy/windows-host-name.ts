import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFailure } from '../../../failure.ts';
import { askTool, runTool } from './system-tools.ts';
import { ANSWER_FOLDERS, answerFileWith } from './windows-answer-file.ts';

/** sysprep leaves it when it has generalised a Windows. */
const GENERALISED = 'Windows/System32/Sysprep/Sysprep_succeeded.tag';

/** What became of the name on an NTFS volume. */
export type WindowsNaming = 'no Windows' | 'named' | 'named, not generalised';

/**
 * Writes the computer name for the first start of a Windows by ntfs-3g's tools, which need no mount; by force, since a
 * volume that has just grown is marked to be checked.
 * Throws a RunFailure (`STEP_FAILED`) where the image has an answer file without a ComputerName.
 */
export async function nameWindows(device: string, name: string): Promise<WindowsNaming> {
  const place = await answerPlace(device);
  if (!place) return 'no Windows';
  const present =
    place.file === undefined
      ? undefined
      : await runTool({ name: 'ntfscat', args: ['--force', device, `${place.folder}/${place.file}`] });
  const text = answerFileWith(name, present);
  if (text === undefined)
    throw new RunFailure(
      'STEP_FAILED',
      `${place.folder}/${place.file} of the image has no <ComputerName>; put \`<ComputerName>*</ComputerName>\` there, and capture it again`,
    );
  await copyTo(device, `${place.folder}/${place.file ?? 'unattend.xml'}`, text);
  const tag = await askTool({ name: 'ntfscat', args: ['--force', device, GENERALISED] });
  return tag === undefined ? 'named, not generalised' : 'named';
}

/** The answer file that Windows would take, or the folder for one; undefined where there is no Windows. */
async function answerPlace(device: string): Promise<{ folder: string; file?: string } | undefined> {
  let isWindows = false;
  for (const folder of ANSWER_FOLDERS) {
    const listed = await askTool({ name: 'ntfsls', args: ['--force', '--path', `/${folder}`, device] });
    if (listed === undefined) continue;
    isWindows = true;
    const file = listed.split('\n').find((each) => each.trim().toLowerCase() === 'unattend.xml');
    if (file !== undefined) return { folder, file: file.trim() };
  }
  return isWindows ? { folder: ANSWER_FOLDERS.at(-1)! } : undefined;
}

async function copyTo(device: string, path: string, text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-answer-'));
  try {
    await writeFile(join(folder, 'unattend.xml'), text);
    await runTool({
      name: 'ntfscp',
      args: ['--force', '--quiet', device, join(folder, 'unattend.xml'), path],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
