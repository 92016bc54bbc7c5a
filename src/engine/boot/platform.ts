/** What a machine's firmware can start. */
export type Platform = 'bios' | 'uefi-ia32' | 'uefi-x64' | 'uefi-arm32' | 'uefi-arm64';

export const PLATFORMS: readonly Platform[] = ['bios', 'uefi-ia32', 'uefi-x64', 'uefi-arm32', 'uefi-arm64'];

/**
 * Processor architecture types of option 93 (RFC 4578, 2.1; IANA, "Processor Architecture Types"). RFC 4578 gives 7 to
 * EFI byte code and 9 to x64; firmware for x64 sends either.
 */
const PLATFORM_OF_TYPE: ReadonlyMap<number, Platform> = new Map([
  [0, 'bios'],
  [6, 'uefi-ia32'],
  [7, 'uefi-x64'],
  [9, 'uefi-x64'],
  [10, 'uefi-arm32'],
  [11, 'uefi-arm64'],
  [15, 'uefi-ia32'],
  [16, 'uefi-x64'],
  [18, 'uefi-arm32'],
  [19, 'uefi-arm64'],
  [20, 'bios'],
]);

/** Undefined for an architecture that we know nothing of. */
export function platformOfType(architectureType: number): Platform | undefined {
  return PLATFORM_OF_TYPE.get(architectureType);
}

/** What is tried on a machine, the best first: some firmware for x64 calls itself ia32. */
export function fittingPlatforms(platform: Platform): readonly Platform[] {
  return platform === 'uefi-ia32' ? ['uefi-ia32', 'uefi-x64'] : [platform];
}

export function isUefi(platform: Platform): boolean {
  return platform !== 'bios';
}
