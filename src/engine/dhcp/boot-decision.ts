import { type BootAddresses, bootFileUrl, scriptUrl } from '../boot/boot-address.ts';
import { type BootCatalogue, loaderFor } from '../boot/boot-catalogue.ts';
import { type BootRegistry, bootPlanOf } from '../boot/boot-plan.ts';
import type { Platform } from '../boot/platform.ts';
import type { Ipv4 } from './ipv4.ts';
import { OPTION } from './option-code.ts';
import { textValue } from './option-values.ts';
import { type Ignored, ignored } from './outcome.ts';
import { BOOT_FILE_BYTES, type DhcpOptions, type DhcpPacket } from './packet.ts';
import { type BootStage, type PxeRequest, pxeRequestOf } from './pxe-request.ts';

/** `proxy`: addresses are another server's. `full`, `reservations-only`: they are ours. */
export type DhcpMode = 'proxy' | 'full' | 'reservations-only' | 'off';

export interface BootSettings {
  readonly mode: DhcpMode;
  readonly registry: BootRegistry;
  readonly catalogue: BootCatalogue;
  readonly addresses: BootAddresses;
}

/** What a machine is to load. */
export interface BootOffer {
  readonly kind: 'offer';
  /** A name that the next server knows, or a URL. */
  readonly bootFile: string;
  /** Never 0.0.0.0: iPXE on BIOS gives up without one. */
  readonly nextServer: Ipv4;
  /** For the field `file`, with room for its NUL; empty where the boot file is too long for it. */
  readonly fileField: string;
  /** What goes with it besides the address. */
  readonly options: DhcpOptions;
  readonly why: string;
}

export type BootDecision = BootOffer | Ignored;

/** An Ethernet address [byte]. */
const MAC_BYTES = 6;
const ETHERNET = 1;
/**
 * Discovery control: load the file of this offer, ask nobody else (PXE 2.1, table 2-3: tag 6, bit 3). Without it
 * machines go to port 4011 first.
 */
const USE_OFFERED_FILE = Uint8Array.of(6, 1, 8, 255);

/** Who is asking, what it gets, or why it is ignored. */
export function decideBoot(packet: DhcpPacket, settings: BootSettings): BootDecision {
  if (settings.mode === 'off') return ignored('off', 'boot services are off');
  const request = pxeRequestOf(packet);
  if (request === undefined) return ignored('notABootClient', 'it asks for no boot file');
  const { platform } = request;
  if (packet.hardwareType !== ETHERNET || packet.hardwareAddress.length !== MAC_BYTES) {
    return ignored('noHardwareAddress', 'it has no Ethernet address');
  }
  if (platform === undefined) return ignored('unknownArchitecture', unknownArchitecture(request));
  const choice = bootFileFor(request, platform, settings);
  if (choice === undefined) return ignored('noBootFile', `the catalogue has no boot file for ${platform}`);
  const { bootFile, why } = choice;
  const isInField = bootFile.length < BOOT_FILE_BYTES;
  return {
    kind: 'offer',
    bootFile,
    nextServer: settings.addresses.tftpServer,
    fileField: isInField ? bootFile : '',
    options: bootOptions(packet, { bootFile, isInField, stage: request.stage, mode: settings.mode }),
    why,
  };
}

function unknownArchitecture({ architectureTypes }: PxeRequest): string {
  if (architectureTypes.length === 0) return 'it does not say what architecture it has';
  return `it has architecture type ${architectureTypes.join(', ')}, which is not known here`;
}

interface Choice {
  readonly bootFile: string;
  readonly why: string;
}

/** Firmware gets iPXE, and iPXE the script of its machine. */
function bootFileFor(
  { stage, mac }: PxeRequest,
  platform: Platform,
  { registry, catalogue, addresses }: BootSettings,
): Choice | undefined {
  if (stage === 'ipxe') {
    const { kind, why } = bootPlanOf(registry.machine(mac), platform, catalogue);
    const plan = kind === 'deploy' ? 'deployment' : 'boot from disk';
    return { bootFile: scriptUrl(addresses.httpUrl, { platform, mac }), why: `iPXE, ${plan}: ${why}` };
  }
  const loader = loaderFor(catalogue, platform);
  if (loader === undefined) return undefined;
  if (stage === 'pxe') return { bootFile: loader, why: `PXE of ${platform} loads iPXE` };
  return { bootFile: bootFileUrl(addresses.httpUrl, loader), why: `HTTP boot of ${platform} loads iPXE` };
}

interface Told extends Pick<BootSettings, 'mode'> {
  readonly bootFile: string;
  readonly isInField: boolean;
  readonly stage: BootStage;
}

function bootOptions(packet: DhcpPacket, { bootFile, isInField, stage, mode }: Told): DhcpOptions {
  const isProxy = mode === 'proxy';
  const options = new Map<number, Uint8Array>();
  const uuid = packet.options.get(OPTION.clientUuid);
  if (uuid !== undefined) options.set(OPTION.clientUuid, uuid);
  // Firmware passes over offers that do not call themselves what it is. With an address, PXE takes the bare file.
  if (stage === 'http') options.set(OPTION.vendorClass, textValue('HTTPClient'));
  else if (isProxy) options.set(OPTION.vendorClass, textValue('PXEClient'));
  if (isProxy && stage !== 'http') options.set(OPTION.vendorOptions, USE_OFFERED_FILE);
  if (!isProxy || stage === 'http' || !isInField) options.set(OPTION.bootFileName, textValue(bootFile));
  return options;
}
