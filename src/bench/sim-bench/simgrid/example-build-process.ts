import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from '../../../folder-writer.ts';

const run = promisify(execFile);

/** The version whose example is the goal. */
const WANTED_VERSION = /^3\.32-/;
const FOLDER = 'examples/cpp/app-bittorrent';

/** A command that ends with exit code 0 where a package is installed. */
const PARTS: readonly (readonly [debianPackage: string, command: string, ...options: string[]])[] = [
  ['g++', 'g++', '--version'],
  ['time', '/usr/bin/time', '--version'],
  ['tar', 'tar', '--version'],
  ['xz-utils', 'xz', '--version'],
  ['apt', 'apt-get', '--version'],
];

/** The example as a program, or what is missing for it, a sentence each. */
export type BuiltExample =
  | { readonly program: string; readonly version: string }
  | { readonly missing: readonly string[] };

/** Fetches the source of SimGrid from Debian and builds its example in `folder`. */
export async function buildExample(folder: string, signal: AbortSignal): Promise<BuiltExample> {
  const version = await libraryVersion();
  const missing = [...(await missingParts()), ...missingLibrary(version)];
  if (missing.length > 0 || version === null) return { missing };
  try {
    const source = await fetchSource(folder, version, signal);
    const program = join(folder, 'app-bittorrent');
    const files = (await readdir(source)).filter((file) => file.endsWith('.cpp'));
    await run(
      'g++',
      ['-O2', '-std=c++17', ...files.map((file) => join(source, file)), '-lsimgrid', '-o', program],
      { signal },
    );
    return { program, version };
  } catch (cause) {
    signal.throwIfAborted();
    return { missing: [`the source of SimGrid ${version}: ${(cause as Error).message.trim()}`] };
  }
}

async function missingParts(): Promise<string[]> {
  const lacking: string[] = [];
  for (const [debianPackage, command, ...options] of PARTS)
    if (!(await run(command, options).catch(() => null)))
      lacking.push(`\`${command}\`: install the Debian package ${debianPackage}`);
  return lacking;
}

function missingLibrary(version: string | null): string[] {
  if (version === null) return ['the library of SimGrid 3.32: install the Debian package libsimgrid-dev'];
  if (WANTED_VERSION.test(version)) return [];
  return [`SimGrid 3.32: libsimgrid-dev is of version ${version}; Debian 12 has 3.32`];
}

/** Of the source package that the installed library was made from, or null. */
async function libraryVersion(): Promise<string | null> {
  const fields = ['db:Status-Status', 'source:Version'].map((field) => `\${${field}}`);
  const show = ['--show', '--showformat', fields.join(' '), 'libsimgrid-dev'];
  const found = await run('dpkg-query', show).catch(() => null);
  return /^installed (\S+)$/.exec(found?.stdout ?? '')?.[1] ?? null;
}

/** By apt with lists and folders of its own, so that the computer's are left alone. @returns the folder of the example */
async function fetchSource(folder: string, version: string, signal: AbortSignal): Promise<string> {
  const [lists, cache, sources] = ['lists', 'cache', 'sources.list'].map((name) => join(folder, name));
  await makeFolder(join(lists!, 'partial'));
  await makeFolder(join(cache!, 'archives/partial'));
  await writeFile(sources!, 'deb-src http://deb.debian.org/debian bookworm main\n');
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${cache}`,
    'APT::Sandbox::User=root',
    'APT::Update::Error-Mode=any',
  ].flatMap((setting) => ['-o', setting]);
  await run('apt-get', [...settings, 'update'], { cwd: folder, signal });
  await run('apt-get', [...settings, 'source', '--download-only', `simgrid=${version}`], {
    cwd: folder,
    signal,
  });
  const archive = (await readdir(folder)).find((file) => /^simgrid_.*\.orig\.tar\.xz$/.test(file));
  if (!archive) throw new Error('apt-get brought no archive of the source');
  await run('tar', ['xf', archive, '--strip-components=1', '--wildcards', `*/${FOLDER}/*`], {
    cwd: folder,
    signal,
  });
  return join(folder, FOLDER);
}
