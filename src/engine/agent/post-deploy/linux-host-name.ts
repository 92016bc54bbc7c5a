import { lstat, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where in a file system the root of an installed system can be: Btrfs has it in subvolumes of these names. */
export const ROOT_FOLDERS = ['.', '@', '@rootfs', 'root'] as const;

/** Whether a folder is the root of an installed Linux: each says which one it is (os-release(5)) or what it mounts. */
export async function isLinuxRoot(folder: string): Promise<boolean> {
  const found = await Promise.all(
    ['etc/os-release', 'etc/fstab'].map((file) => lstat(join(folder, file)).catch(() => undefined)),
  );
  return found.some((file) => file !== undefined);
}

/** Gives an installed Linux its name: hostname(5), and hosts(5) where the old one stands. */
export async function writeHostName(root: string, name: string): Promise<void> {
  const old = (await plainText(join(root, 'etc/hostname')))?.trim();
  await replaceFile(join(root, 'etc/hostname'), `${name}\n`);
  const hosts = await plainText(join(root, 'etc/hosts'));
  if (old && hosts !== undefined) await replaceFile(join(root, 'etc/hosts'), hostsWith(hosts, old, name));
}

/** The text of hosts(5) with one name in place of another; comments stay as they are. */
function hostsWith(hosts: string, old: string, name: string): string {
  if (old === 'localhost') return hosts;
  return hosts
    .split('\n')
    .map((line) => {
      const [entry, ...comment] = line.split('#');
      const words = entry!.split(/(\s+)/).map((word) => (word === old ? name : word));
      return [words.join(''), ...comment].join('#');
    })
    .join('\n');
}

/** Undefined where there is none; a symbolic link would lead out of the disk, into the system of the agent. */
async function plainText(file: string): Promise<string | undefined> {
  const stat = await lstat(file).catch(() => undefined);
  return stat?.isFile() ? readFile(file, 'utf8') : undefined;
}

/** A plain file stays the one that it is, with its owner and its label of SELinux; what is none gives way to one. */
async function replaceFile(file: string, text: string): Promise<void> {
  const stat = await lstat(file).catch(() => undefined);
  if (stat?.isFile()) return writeFile(file, text, { flush: true });
  await writeFile(`${file}.swarmboot`, text, { mode: 0o644, flush: true });
  await rename(`${file}.swarmboot`, file);
}
