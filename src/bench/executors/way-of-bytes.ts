import type { Transport } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { SavedOver } from '../scenario/transports-schema.ts';

/** One sending reaches all machines. */
export function isOneForAll(transport: Transport): boolean {
  return transport === 'multicast' || transport === 'clonezilla-multicast';
}

/** One sending to all who are there when it begins: nobody gets into it later, or again. */
export function takesNobodyIn({ transports }: Scenario, transport: Transport): boolean {
  return (
    isOneForAll(transport) && !(transport === 'multicast' && transports.multicast?.repair === 'carousel')
  );
}

/** Nothing comes but from the server: no machine passes anything on. */
export function isFromServer(transport: Transport): boolean {
  return transport === 'unicast' || transport === 'clonezilla-unicast' || isOneForAll(transport);
}

/** How machines read the files of Clonezilla that are not cast to all of them. */
export function savedOver({ transports }: Scenario, transport: Transport): SavedOver {
  return transport === 'clonezilla-unicast' ? (transports[transport]?.over ?? 'http') : 'http';
}

/** The image goes in the form of Clonezilla, through its programs. */
export function isClonezilla(transport: Transport): boolean {
  return transport === 'clonezilla-unicast' || transport === 'clonezilla-multicast';
}
