import { ProtocolError } from '../protocol-error.ts';

/** What can be wrong with the bytes of a packet. */
export type Malformation =
  | 'tooShort'
  | 'tooLong'
  | 'unknownOp'
  | 'badHardwareLength'
  | 'noMagicCookie'
  | 'optionBeyondEnd'
  | 'badOptionLength'
  | 'badOverload';

/** Bytes that are no DHCP packet: they cost nothing but themselves. */
export class MalformedPacket extends ProtocolError {
  readonly reason: Malformation;

  constructor(reason: Malformation, sentence: string) {
    super(sentence);
    this.reason = reason;
  }
}
