import { type BootFile, type BootFiles, bootFileNamed } from './boot-file.ts';
import { ERROR_CODE, type Packet, type TftpError } from './packet.ts';
import { type TransferTerms, termsFor } from './transfer-terms.ts';

/** What becomes of a packet that came in where requests come in. */
export type RequestDecision =
  | {
      readonly kind: 'transfer';
      readonly name: string;
      readonly file: BootFile;
      readonly terms: TransferTerms;
    }
  | { readonly kind: 'refuse'; readonly name: string; readonly error: TftpError }
  /** No request: an answer would only be answered by another. */
  | { readonly kind: 'ignore' };

/** Decides about a packet: files of the catalogue may be read as they are, and nothing else. */
export function decideRequest(packet: Packet, files: BootFiles): RequestDecision {
  if (packet.kind !== 'read' && packet.kind !== 'write') return { kind: 'ignore' };
  const refusal = (code: number, message: string): RequestDecision => ({
    kind: 'refuse',
    name: packet.file,
    error: { kind: 'error', code, message },
  });
  if (packet.kind === 'write') return refusal(ERROR_CODE.ACCESS, 'Nothing can be written here');
  // Boot files are no text: netascii would change them on a client that means to read bytes.
  if (packet.mode === 'netascii')
    return refusal(ERROR_CODE.OTHER, 'Files are sent in mode octet (binary) only');
  if (packet.mode !== 'octet') return refusal(ERROR_CODE.ILLEGAL, 'There is no such mode');
  const file = bootFileNamed(files, packet.file);
  if (file === undefined) return refusal(ERROR_CODE.NOT_FOUND, 'File not found');
  return { kind: 'transfer', name: packet.file, file, terms: termsFor(packet.options, file.sizeBytes) };
}
