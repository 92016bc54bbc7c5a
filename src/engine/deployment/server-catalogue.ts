import { type BootCatalogue, checkedCatalogue } from '../boot/boot-catalogue.ts';
import { systemRescueImage } from '../boot/systemrescue/systemrescue-image.ts';
import type { ServerSettings } from './server-settings.ts';

/** What machines boot: SystemRescue in the place of our boot image where it is named. Throws a ConfigError. */
export function catalogueOf(
  { systemRescue: folder, loaders, images }: ServerSettings['boot'],
  httpUrl: string,
): BootCatalogue {
  if (folder === undefined) return checkedCatalogue({ loaders, images });
  const image = systemRescueImage({ httpUrl, folder });
  return checkedCatalogue({ loaders, images: { bios: image, 'uefi-x64': image } });
}
