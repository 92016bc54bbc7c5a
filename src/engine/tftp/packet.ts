/** Everything that TFTP says (RFC 1350, 5; option acknowledgements by RFC 2347). */
export type Packet =
  | TransferRequest
  /** A block of the file; one that is shorter than agreed is the last. */
  | { readonly kind: 'data'; readonly block: number; readonly bytes: Uint8Array }
  | { readonly kind: 'acknowledgement'; readonly block: number }
  | TftpError
  | { readonly kind: 'optionAck'; readonly options: Options };

/** Wants to read or to write a file. */
export interface TransferRequest {
  readonly kind: 'read' | 'write';
  readonly file: string;
  /** `octet` or `netascii`, or anything else that somebody sends; in small letters. */
  readonly mode: string;
  readonly options: Options;
}

/** Ends a transfer, except for `UNKNOWN_TRANSFER`. */
export interface TftpError {
  readonly kind: 'error';
  readonly code: number;
  readonly message: string;
}

/** Values by name in small letters, in the order in which they were sent (RFC 2347). */
export type Options = ReadonlyMap<string, string>;

/** Numbers of packets. */
export const OPERATION = { read: 1, write: 2, data: 3, acknowledgement: 4, error: 5, optionAck: 6 } as const;

/** Numbers of errors (RFC 1350, appendix). */
export const ERROR_CODE = {
  /** See the message. */
  OTHER: 0,
  NOT_FOUND: 1,
  ACCESS: 2,
  ILLEGAL: 4,
  UNKNOWN_TRANSFER: 5,
} as const;

/** What stands in front of the bytes of a `data` packet. */
export const DATA_HEADER_BYTES = 4;

/** Numbers of blocks have 16 bits; after 65535 comes 0, as every client has it that fetches more than 32 MiB. */
export const BLOCK_NUMBERS = 65_536;
