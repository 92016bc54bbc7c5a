import { type Platform, platformOfType } from '../boot/platform.ts';
import { type MacAddress, macText } from './mac-address.ts';
import { OPTION } from './option-code.ts';
import { shortsOption, textOption } from './option-values.ts';
import type { DhcpOptions, DhcpPacket } from './packet.ts';

/** The code of HTTP among the features of iPXE (`ipxe/features.h`). */
const HTTP_FEATURE = 19;

/** What asks for a boot file: the firmware's PXE, its HTTP boot, or iPXE that reads our scripts. */
export type BootStage = 'pxe' | 'http' | 'ipxe';

/** Who asks for a boot file. */
export interface PxeRequest {
  readonly mac: MacAddress;
  readonly stage: BootStage;
  /** Undefined for an architecture that we know nothing of. */
  readonly platform: Platform | undefined;
  /** As the machine numbers them, the best first (option 93). */
  readonly architectureTypes: readonly number[];
}

/** Undefined where somebody asks for an address only. */
export function pxeRequestOf(packet: DhcpPacket): PxeRequest | undefined {
  const stage = stageOf(packet.options);
  if (stage === undefined) return undefined;
  const architectureTypes = architectureTypesOf(packet.options);
  return {
    mac: macText(packet.hardwareAddress),
    stage,
    platform: architectureTypes.map(platformOfType).find((platform) => platform !== undefined),
    architectureTypes,
  };
}

/** iPXE calls itself `PXEClient`, too, and is told by its own options. */
function stageOf(options: DhcpOptions): BootStage | undefined {
  if (isIpxe(options)) return 'ipxe';
  const vendorClass = textOption(options, OPTION.vendorClass) ?? '';
  if (vendorClass.startsWith('PXEClient')) return 'pxe';
  return vendorClass.startsWith('HTTPClient') ? 'http' : undefined;
}

/**
 * Whether it is an iPXE that fetches by HTTP. One that lists what it can, and not HTTP, loads ours first; so does gPXE, of
 * which iPXE came, and which reads no scripts of iPXE. The user class comes as plain text, as iPXE sends it, or with its
 * length in front (RFC 3004, 4).
 */
function isIpxe(options: DhcpOptions): boolean {
  const userClass = textOption(options, OPTION.userClass)?.replace('\x04', '');
  const features = options.get(OPTION.ipxe);
  return features === undefined
    ? userClass === 'iPXE'
    : userClass !== 'gPXE' && hasFeature(features, HTTP_FEATURE);
}

/** iPXE's own option holds others of one byte each for code and length (https://ipxe.org/howto/dhcpd). */
function hasFeature(options: Uint8Array, wanted: number): boolean {
  for (let at = 0; at < options.length; at += 2 + (options[at + 1] ?? 0))
    if (options[at] === wanted) return true;
  return false;
}

/** Option 93, or what the vendor class says of it (`PXEClient:Arch:00007:UNDI:003000`; PXE 2.1, table 2-1). */
function architectureTypesOf(options: DhcpOptions): number[] {
  const listed = shortsOption(options, OPTION.clientArchitecture);
  if (listed.length > 0) return listed;
  const [, digits] = /Client:Arch:(\d{5})/.exec(textOption(options, OPTION.vendorClass) ?? '') ?? [];
  return digits === undefined ? [] : [Number(digits)];
}
