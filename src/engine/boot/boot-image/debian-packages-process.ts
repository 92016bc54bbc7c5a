import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunFailure } from '../../../failure.ts';
import { makeFolder } from '../../../folder-writer.ts';

const run = promisify(execFile);

/** A package of Debian as it was downloaded. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

/**
 * Downloads packages by apt, from the sources that this computer has, and unpacks them into a folder of their own each
 * under `folder`; nothing is installed. What was downloaded before is used again.
 * Throws a RunFailure (`PACKAGES`) that says what to do.
 */
export async function unpackPackages(folder: string, names: readonly string[]): Promise<DebianPackage[]> {
  const downloads = join(folder, 'downloads');
  await makeFolder(downloads);
  const packages = await newest(folder, downloads, names);
  const missing = packages.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (missing.length > 0) await aptGet(['-qq', 'download', ...missing], downloads);
  for (const { name, file } of packages) {
    const place = unpackedFolder(folder, name);
    await rm(place, { recursive: true, force: true });
    await makeFolder(place);
    await apt('dpkg-deb', ['--extract', file, place], downloads);
  }
  return packages;
}

export function unpackedFolder(folder: string, name: string): string {
  return join(folder, 'unpacked', name);
}

/** The package that a metapackage stands for: `linux-image-cloud-amd64` is the newest kernel of its kind. */
export async function dependencyOf(name: string, pattern: RegExp): Promise<string> {
  const { stdout } = await apt('apt-cache', ['depends', '--important', name], '/');
  const found = stdout.match(pattern)?.[0];
  if (found) return found;
  throw new RunFailure(
    'PACKAGES',
    `apt knows no ${name} for this computer; run \`apt-get update\` and try again`,
  );
}

/** The versions that apt names now, whether they are there or not. */
async function newest(folder: string, downloads: string, names: readonly string[]): Promise<DebianPackage[]> {
  // In the folder of the downloads it would not name what is there.
  const { stdout } = await aptGet(['download', '--print-uris', ...names], folder);
  const packages = [...stdout.matchAll(/^'\S+' (([^_\s]+)_([^_\s]+)_\S+\.deb) /gm)].map(
    ([, file, name, version]) => ({
      name: name!,
      version: version!.replaceAll('%3a', ':'),
      file: join(downloads, file!),
    }),
  );
  const lost = names.find((name) => !packages.some((one) => one.name === name));
  if (lost === undefined) return packages.sort((one, other) => (one.name < other.name ? -1 : 1));
  throw new RunFailure(
    'PACKAGES',
    `apt does not bring ${lost}; run \`apt-get update\` and try again, on Debian 12 (amd64)`,
  );
}

/** As root apt would download as another user, who may not write here. */
function aptGet(parameters: readonly string[], cwd: string): Promise<{ stdout: string }> {
  return apt('apt-get', ['-o', 'APT::Sandbox::User=root', ...parameters], cwd);
}

async function apt(program: string, parameters: readonly string[], cwd: string): Promise<{ stdout: string }> {
  try {
    return await run(program, parameters, { cwd, maxBuffer: 2 ** 26 });
  } catch (cause) {
    const { code, stderr = '' } = cause as NodeJS.ErrnoException & { stderr?: string };
    const said =
      code === 'ENOENT'
        ? `${program} is missing: boot images are built on Debian 12 (amd64)`
        : `${program} failed: ${stderr.trim().split('\n').at(-1)}; run \`apt-get update\` and try again, on Debian 12 (amd64)`;
    throw new RunFailure('PACKAGES', said, { cause });
  }
}
