/** Names of boot loaders in a folder of `EFI/`, the best first: shim starts the others where Secure Boot is on. */
const LOADERS = ['shimx64.efi', 'bootmgfw.efi', 'grubx64.efi', 'systemd-bootx64.efi'];
/** What firmware starts where it knows of nothing else (UEFI specification 2.10, section 3.5.1.1). */
const FALLBACK = 'efi/boot/bootx64.efi';

/**
 * The boot loader of the system on a disk.
 * @param paths of all files of the EFI system partition, such as `EFI/debian/shimx64.efi`
 * @returns one of them, or undefined where there is no loader for x64
 */
export function chooseLoader(paths: readonly string[]): string | undefined {
  const sorted = [...paths].sort();
  const own = LOADERS.flatMap((loader) =>
    sorted.filter((path) => {
      const [folder, ...rest] = path.toLowerCase().split('/');
      return folder === 'efi' && rest.at(-1) === loader && rest[0] !== 'boot';
    }),
  );
  return own[0] ?? sorted.find((path) => path.toLowerCase() === FALLBACK);
}
