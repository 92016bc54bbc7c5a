import { ConfigError } from '../../failure.ts';
import { fittingPlatforms, PLATFORMS, type Platform } from './platform.ts';

/** A kernel with what it needs; names are those of boot files. */
export interface BootImage {
  readonly kernel: string;
  readonly initrds: readonly string[];
  /** Of the kernel's command line; what iPXE knows can be put in, such as `\${net0/mac}`. */
  readonly arguments: readonly string[];
}

/** The operator's choice of boot files. Platforms that are missing are not booted. */
export interface BootCatalogue {
  /** iPXE for each platform, as TFTP and HTTP serve it: `undionly.kpxe`, `snponly.efi`. */
  readonly loaders: Readonly<Partial<Record<Platform, string>>>;
  /** What iPXE starts on a machine that is to be deployed. */
  readonly images: Readonly<Partial<Record<Platform, BootImage>>>;
}

/** The field `file` of a DHCP packet with its NUL (RFC 2131, 2): TFTP names have to fit. */
const MOST_NAME_BYTES = 127;
/** A relative path of plain names; iPXE and firmware read spaces, `$` and `&` in their own ways. */
const PLAIN_PATH = /^[\w.-]+(\/[\w.-]+)*$/;
/** iPXE reads a command up to the end of the line; `||`, `&&` and `;` are its own, and `#` begins a comment. */
const PLAIN_ARGUMENT = /^(?!(\|\||&&|;)$|#)[^\s\p{Cc}]+$/u;

/** The names of all files that machines are told of. */
export function fileNamesOf({ loaders, images }: BootCatalogue): ReadonlySet<string> {
  const ofImages = Object.values(images).flatMap(({ kernel, initrds }) => [kernel, ...initrds]);
  return new Set([...Object.values(loaders), ...ofImages]);
}

/** The loader for a platform. */
export function loaderFor({ loaders }: BootCatalogue, platform: Platform): string | undefined {
  return firstFitting(loaders, platform);
}

/** The boot image for a platform. */
export function imageFor({ images }: BootCatalogue, platform: Platform): BootImage | undefined {
  return firstFitting(images, platform);
}

function firstFitting<T>(entries: Readonly<Partial<Record<Platform, T>>>, platform: Platform): T | undefined {
  return fittingPlatforms(platform)
    .map((each) => entries[each])
    .find((entry) => entry !== undefined);
}

/**
 * The catalogue itself, once it is known that each name can be sent to each firmware.
 * Throws a ConfigError that names the setting.
 */
export function checkedCatalogue(catalogue: BootCatalogue): BootCatalogue {
  for (const platform of PLATFORMS) {
    const loader = catalogue.loaders[platform];
    if (loader !== undefined) checkName(`boot.loaders.${platform}`, loader);
    const image = catalogue.images[platform];
    if (image !== undefined) checkImage(`boot.images.${platform}`, image);
  }
  return catalogue;
}

function checkImage(field: string, { kernel, initrds, arguments: words }: BootImage): void {
  checkName(`${field}.kernel`, kernel);
  for (const [index, initrd] of initrds.entries()) checkName(`${field}.initrds.${index}`, initrd);
  for (const [index, word] of words.entries()) {
    if (!isKernelArgument(word)) {
      throw new ConfigError(
        `${field}.arguments.${index}`,
        `\`${word}\` is no word of a command line in iPXE; write one word each, none of them an operator or a comment`,
      );
    }
  }
}

/** Whether a word can stand on the command line of a kernel in an iPXE script. */
export function isKernelArgument(word: string): boolean {
  return PLAIN_ARGUMENT.test(word);
}

function checkName(field: string, name: string): void {
  if (name.length > MOST_NAME_BYTES) {
    throw new ConfigError(field, `the name has ${name.length} bytes; DHCP has room for ${MOST_NAME_BYTES}`);
  }
  if (!PLAIN_PATH.test(name) || name.split('/').some((part) => /^\.+$/.test(part))) {
    throw new ConfigError(
      field,
      `\`${name}\` is not the name of a boot file; use letters, digits, \`.\`, \`-\`, \`_\`, and \`/\` between folders`,
    );
  }
}
