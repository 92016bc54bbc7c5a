import { type MacAddress, macText } from './mac-address.ts';
import type { MessageType } from './option-code.ts';
import { messageTypeOf } from './option-values.ts';
import type { Endpoint, IgnoreReason } from './outcome.ts';
import { type PxeRequest, pxeRequestOf } from './pxe-request.ts';
import type { Responded } from './respond.ts';
import { isOfMachine, type Rival } from './rival.ts';

/** What a DHCP server has heard, and what became of it. */
export interface PacketHeard {
  readonly kind: 'packetHeard';
  /** Undefined where the bytes were no DHCP packet. */
  readonly mac: MacAddress | undefined;
  readonly asked: MessageType | undefined;
  /** Undefined where it asks for no boot file, or is no machine's request. */
  readonly boot: PxeRequest | undefined;
  readonly result: 'answered' | 'noted' | IgnoreReason;
  /** A sentence for the log. */
  readonly why: string;
  /** Where the answer went; undefined: there is none. */
  readonly to: Endpoint | undefined;
}

/** All that can be told of a DHCP server. */
export type DhcpEvent =
  | PacketHeard
  /** Another server answers: we say nothing until it has gone. */
  | { readonly kind: 'silenced'; readonly rival: Rival }
  | { readonly kind: 'answering' }
  /** An answer could not be sent, or a lease not be stored, so that nothing was sent. */
  | { readonly kind: 'answerFailed'; readonly error: unknown };

export function packetHeard({ request, response }: Responded): PacketHeard {
  return {
    kind: 'packetHeard',
    mac: request && macText(request.hardwareAddress),
    asked: request && messageTypeOf(request.options),
    boot: request && isOfMachine(request) ? pxeRequestOf(request) : undefined,
    result: response.kind === 'ignored' ? response.reason : response.kind,
    why: response.why,
    to: response.kind === 'answered' ? response.to : undefined,
  };
}
