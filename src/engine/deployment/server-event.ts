import type { BootPlan } from '../boot/boot-plan.ts';
import type { DhcpEvent } from '../dhcp/dhcp-event.ts';
import type { RefusedRequest, TransferEnded } from '../tftp/boot-file-server.ts';
import type { StoredEvent } from './stored-events.ts';

/** All that can be told of a deployment server. */
export type ServerEvent =
  | { readonly service: 'dhcp'; readonly event: DhcpEvent }
  | { readonly service: 'tftp'; readonly event: TransferEnded }
  | { readonly service: 'tftp'; readonly refused: RefusedRequest }
  /** A machine has asked what it is to do. */
  | { readonly service: 'boot'; readonly mac: string; readonly plan: BootPlan }
  /** Files that machines are told of and that are not in the folder of boot files, or not to be served. */
  | { readonly service: 'boot'; readonly folder: string; readonly lacking: readonly string[] }
  | { readonly service: 'deployment'; readonly event: StoredEvent }
  | { readonly service: 'http' | 'images' | 'store'; readonly error: unknown };

/** One line for a log; undefined for what is nobody's concern. */
export function serverLine(told: ServerEvent): string | undefined {
  switch (told.service) {
    case 'dhcp':
      return dhcpLine(told.event);
    case 'tftp': {
      if ('refused' in told)
        return `TFTP: ${told.refused.file} for ${told.refused.client}: ${told.refused.reason}`;
      const { client, file, outcome, reason = outcome } = told.event;
      return outcome === 'completed' ? undefined : `TFTP: ${file} for ${client}: ${reason}`;
    }
    case 'boot':
      if ('lacking' in told)
        return `boot: ${told.lacking.join(', ')} cannot be served from ${told.folder}: serve --check says why`;
      return `boot: ${told.mac} is told: ${told.plan.kind === 'deploy' ? 'deployment' : 'boot from disk'} (${told.plan.why})`;
    case 'deployment': {
      const { deployment, machine, kind, detail } = told.event;
      return [`deployment ${deployment}:`, machine, kind, detail].filter(Boolean).join(' ');
    }
    case 'http':
    case 'images':
    case 'store':
      return `${told.service}: ${(told.error as Error).message}`;
  }
}

function dhcpLine(event: DhcpEvent): string | undefined {
  switch (event.kind) {
    case 'packetHeard':
      // Of machines that want an address and get none from us there may be many.
      return event.boot ? `DHCP: ${event.mac} (${event.boot.stage}): ${event.why}` : undefined;
    case 'silenced':
      return `DHCP: ${event.rival.address} answers on this network: we stay silent`;
    case 'answering':
      return 'DHCP: answering';
    case 'answerFailed':
      return `DHCP: an answer could not be sent: ${(event.error as Error).message}`;
  }
}
