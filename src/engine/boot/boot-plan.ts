import { type BootCatalogue, type BootImage, imageFor } from './boot-catalogue.ts';
import type { Platform } from './platform.ts';

/** What is known of a machine. */
export interface RegisteredMachine {
  readonly name: string;
  /** It may be written to, once: somebody has asked for it. */
  readonly isArmed: boolean;
  /** Words for the kernel's command line that are this machine's own, such as its token. */
  readonly arguments: readonly string[];
}

/** The machines that are known, by hardware address (`52:54:00:12:34:56`). */
export interface BootRegistry {
  machine(mac: string): RegisteredMachine | undefined;
}

/** What a machine is to do now, and why. */
export type BootPlan =
  | {
      readonly kind: 'deploy';
      readonly machine: RegisteredMachine;
      readonly image: BootImage;
      readonly why: string;
    }
  | { readonly kind: 'localBoot'; readonly why: string };

/** Whatever is not armed starts from its own disk: nothing is ever written to it. */
export function bootPlanOf(
  machine: RegisteredMachine | undefined,
  platform: Platform,
  catalogue: BootCatalogue,
): BootPlan {
  if (machine === undefined) return { kind: 'localBoot', why: 'the machine is not known' };
  const { name } = machine;
  if (!machine.isArmed) return { kind: 'localBoot', why: `${name} is not armed` };
  const image = imageFor(catalogue, platform);
  if (image === undefined) {
    return { kind: 'localBoot', why: `${name} is armed, but there is no boot image for ${platform}` };
  }
  return { kind: 'deploy', machine, image, why: `${name} is armed` };
}
