import type { Transport } from '../record/run-record.ts';

/** One sending reaches all machines. */
export function isOneForAll(transport: Transport): boolean {
  return transport === 'multicast' || transport === 'clonezilla-multicast';
}

/** Nothing comes but from the server: no machine passes anything on. */
export function isFromServer(transport: Transport): boolean {
  return transport === 'unicast' || transport === 'clonezilla-unicast' || isOneForAll(transport);
}

/** The image goes in the form of Clonezilla, through its programs. */
export function isClonezilla(transport: Transport): boolean {
  return transport === 'clonezilla-unicast' || transport === 'clonezilla-multicast';
}
