import { DhcpServer, type DhcpServerOptions } from '../../../src/engine/dhcp/dhcp-server.ts';
import type { ServerCommand, ServerReport } from './a-dhcp-server.ts';

/** A DHCP server in a process of its own, so that it can stand in a namespace. */

let server: DhcpServer | undefined;

process.on('disconnect', () => process.exit(0));
process.on('message', async (command: ServerCommand) => {
  try {
    if (command.kind === 'stop') await server?.close();
    else server = await DhcpServer.start(optionsOf(command));
    report({ kind: 'done' });
  } catch (error) {
    const { name, code, message } = error as { name: string; code: string; message: string };
    report({ kind: 'refused', failure: { name, code, message } });
  }
});

function optionsOf({ settings, machines }: Extract<ServerCommand, { kind: 'start' }>): DhcpServerOptions {
  return {
    ...settings,
    registry: { machine: (mac) => machines[mac] },
    onEvent: (event) => report({ kind: 'event', event }),
  };
}

function report(message: ServerReport): void {
  process.send?.(message);
}
