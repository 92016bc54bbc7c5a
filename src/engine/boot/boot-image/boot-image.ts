import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { makeFolder } from '../../../folder-writer.ts';
import { signatureOf } from '../../image/signature.ts';
import { KERNEL_PACKAGES, LOADER_PACKAGE, LOADERS, PACKAGES, PROGRAMS } from './boot-image-plan.ts';
import { type CpioEntry, encodeCpio } from './cpio-codec.ts';
import {
  type DebianPackage,
  dependencyOf,
  unpackedFolder,
  unpackPackages,
} from './debian-packages-process.ts';
import { AGENT_FOLDER, PUBLIC_KEY_PATH, UDHCPC_SCRIPT_PATH } from './image-paths.ts';
import { INIT_SCRIPT } from './init-script.ts';
import { chooseModules, type KernelKind } from './kernel-modules.ts';
import { UDHCPC_SCRIPT } from './network-script.ts';
import { SharedLibraries } from './shared-libraries.ts';

const run = promisify(execFile);
const compress = promisify(zstdCompress);
/** Level 19 makes it 12 % smaller, and takes twenty times as long (70 CPU-s against 3.4 for 159 MB). */
const COMPRESSION_LEVEL = 9;
/** Hidden: what machines may fetch is in the folder beside it. */
const PACKAGE_FOLDER = '.packages';

/** What a boot image is made of. */
export interface BootImageWishes {
  readonly kernel: KernelKind;
  /** Where it is put; packages are kept in a folder of it. */
  readonly folder: string;
  /** The agent, `agent.mjs`, and what it starts beside itself. */
  readonly agentFiles: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** PEM, Ed25519: machines trust images that are signed with this key, and the list of contents is signed with it. */
  readonly keys: { readonly publicKey: string; readonly privateKey: string };
  /** Hears what is done now. */
  readonly progressed: (step: string) => void;
}

/** What was built, as it stands in `contents.json` next to it. */
export interface BootImageContents {
  readonly format: 1;
  readonly kernel: { readonly kind: KernelKind; readonly file: string; readonly sha256: string };
  readonly initrd: {
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly unpackedBytes: number;
  };
  /** iPXE, which firmware loads first. */
  readonly loaders: readonly { readonly file: string; readonly sha256: string }[];
  /** Version of Node.js that the agent runs on. */
  readonly node: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/**
 * Builds `vmlinuz`, `initrd.img`, `undionly.kpxe`, `snponly.efi`, `contents.json` and `contents.sig` from Debian's packages, this Node and the agent.
 * The same packages and agent give the same bytes. Throws a RunFailure (`PACKAGES`, `LIBRARY`).
 */
export async function buildBootImage(wishes: BootImageWishes): Promise<BootImageContents> {
  const { folder, kernel, keys, progressed } = wishes;
  const packageFolder = join(folder, PACKAGE_FOLDER);
  const { name: metapackage, pattern } = KERNEL_PACKAGES[kernel];
  progressed('downloading packages');
  const kernelPackage = await dependencyOf(metapackage, pattern);
  const packages = await unpackPackages(packageFolder, [...PACKAGES, LOADER_PACKAGE, kernelPackage]);
  progressed('choosing kernel modules');
  const release = kernelPackage.replace('linux-image-', '');
  const kernelFolder = unpackedFolder(packageFolder, kernelPackage);
  const modules = await moduleFiles(packageFolder, kernelFolder, release);
  progressed('packing the initial RAM disk');
  const files = [
    ...(await programFiles(packageFolder)),
    ...modules,
    aFile('init', Buffer.from(INIT_SCRIPT), true),
    aFile(UDHCPC_SCRIPT_PATH, Buffer.from(UDHCPC_SCRIPT), true),
    ...wishes.agentFiles.map(({ name, bytes }) => aFile(`${AGENT_FOLDER}/${name}`, bytes)),
    aFile(PUBLIC_KEY_PATH, Buffer.from(keys.publicKey)),
  ].sort((one, other) => (one.path < other.path ? -1 : 1));
  const archive = encodeCpio([...foldersOf(files), ...DEVICES, ...files]);
  progressed('compressing it');
  const initrd = await compress(archive, {
    params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL },
  });
  const vmlinuz = await readFile(join(kernelFolder, 'boot', `vmlinuz-${release}`));
  const loaders = await loaderFiles(packageFolder);
  const contents = contentsOf({
    ...{ kernel, packages, files, vmlinuz, initrd, loaders },
    unpackedBytes: archive.length,
  });
  const contentsFile = Buffer.from(`${JSON.stringify(contents, null, 2)}\n`);
  for (const [name, bytes] of loaders) await write(join(folder, name), bytes);
  await write(join(folder, contents.kernel.file), vmlinuz);
  await write(join(folder, contents.initrd.file), initrd);
  await write(join(folder, 'contents.json'), contentsFile);
  await write(join(folder, 'contents.sig'), signatureOf(contentsFile, keys.privateKey));
  return contents;
}

async function loaderFiles(packageFolder: string): Promise<Map<string, Uint8Array>> {
  const loaders = new Map<string, Uint8Array>();
  for (const path of LOADERS)
    loaders.set(basename(path), await readFile(join(unpackedFolder(packageFolder, LOADER_PACKAGE), path)));
  return loaders;
}

type FileEntry = Extract<CpioEntry, { kind: 'file' }>;

/** The kernel opens the console before the first process can make it. */
const DEVICES: readonly CpioEntry[] = [
  { kind: 'device', path: 'dev/console', major: 5, minor: 1 },
  { kind: 'device', path: 'dev/null', major: 1, minor: 3 },
];

function aFile(path: string, bytes: Uint8Array, isProgram = false): FileEntry {
  return { kind: 'file', path, bytes, isProgram };
}

async function programFiles(packageFolder: string): Promise<FileEntry[]> {
  const programs = [
    ...PROGRAMS.map(({ package: name, from, to }) => ({
      file: join(unpackedFolder(packageFolder, name), from),
      to,
    })),
    { file: process.execPath, to: 'bin/node' },
  ];
  const index = await SharedLibraries.of(PACKAGES.map((name) => unpackedFolder(packageFolder, name)));
  const libraries = await index.closureOf(programs.map(({ file }) => file));
  const placed = [...libraries].map(([name, file]) => ({
    file,
    to: `${name.startsWith('ld-') ? 'lib64' : 'lib'}/${name}`,
  }));
  return Promise.all(
    [...programs, ...placed].map(async ({ file, to }) => aFile(to, await readFile(file), true)),
  );
}

/** The modules that were chosen and the tables that `modprobe` reads, which busybox makes. */
async function moduleFiles(
  packageFolder: string,
  kernelFolder: string,
  release: string,
): Promise<FileEntry[]> {
  const busybox = join(unpackedFolder(packageFolder, 'busybox-static'), 'bin/busybox');
  await run(busybox, ['depmod', '-b', kernelFolder, release]);
  const place = `lib/modules/${release}`;
  const read = (path: string) => readFile(join(kernelFolder, place, path));
  const dependencies = (await read('modules.dep')).toString();
  const chosen = chooseModules(dependencies);
  const names = new Set(chosen.map(moduleName));
  const aliases = (await read('modules.alias')).toString();
  return [
    ...(await Promise.all(chosen.map(async (path) => aFile(`${place}/${path}`, await read(path))))),
    aFile(
      `${place}/modules.dep`,
      lines(dependencies, (line) => names.has(moduleName(line.split(':')[0]!))),
    ),
    aFile(
      `${place}/modules.alias`,
      lines(aliases, (line) => names.has(line.split(' ').at(-1)!)),
    ),
    aFile(`${place}/modules.builtin`, await read('modules.builtin')),
  ];
}

/** Of `kernel/drivers/net/virtio_net.ko`, `virtio_net`: aliases have underscores where files may have hyphens. */
function moduleName(path: string): string {
  return path
    .split('/')
    .at(-1)!
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_');
}

/** The lines that are kept, in an order of their own: that of a folder is the file system's. */
function lines(text: string, isKept: (line: string) => boolean): Uint8Array {
  const kept = text.split('\n').filter((line) => line !== '' && isKept(line));
  return Buffer.from(`${kept.sort().join('\n')}\n`);
}

/** Every folder that a file or a device is in, and those that the init script mounts on. */
function foldersOf(files: readonly FileEntry[]): CpioEntry[] {
  const folders = new Set(['dev', 'etc', 'proc', 'run', 'sys', 'tmp']);
  for (const { path } of files)
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  return [...folders].sort().map((path) => ({ kind: 'folder', path }));
}

function contentsOf(built: {
  kernel: KernelKind;
  packages: readonly DebianPackage[];
  files: readonly FileEntry[];
  vmlinuz: Uint8Array;
  initrd: Uint8Array;
  loaders: ReadonlyMap<string, Uint8Array>;
  unpackedBytes: number;
}): BootImageContents {
  return {
    format: 1,
    kernel: { kind: built.kernel, file: 'vmlinuz', sha256: sha256Of(built.vmlinuz) },
    initrd: {
      file: 'initrd.img',
      sha256: sha256Of(built.initrd),
      bytes: built.initrd.length,
      unpackedBytes: built.unpackedBytes,
    },
    loaders: [...built.loaders].map(([file, bytes]) => ({ file, sha256: sha256Of(bytes) })),
    node: process.versions.node,
    packages: built.packages.map(({ name, version }) => ({ name, version })),
    files: built.files.map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: sha256Of(bytes) })),
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  await makeFolder(dirname(file));
  await writeFile(`${file}.partial`, bytes, { flush: true });
  await rename(`${file}.partial`, file);
}
