import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';
import { type RunningProgram, startOn, type TestNetwork } from './a-network.ts';

export interface Udhcpc {
  readonly context: TestContext;
  readonly network: TestNetwork;
  readonly options?: readonly string[];
}

/** busybox's client on the host `pc`; it prints its environment whenever it is told something, and sets its address. */
export async function udhcpc({
  context,
  network,
  options = ['--now', '--quit'],
}: Udhcpc): Promise<RunningProgram> {
  const busybox = installedTool(context, 'busybox', 'busybox-static');
  const script = join(await aFolder(), 'told');
  await writeFile(
    script,
    '#!/bin/sh\necho "$1 ip=$ip router=$router lease=$lease boot=$boot_file siaddr=$siaddr"\n' +
      '[ -z "$ip" ] || ip address replace "$ip/24" dev eth0\n' +
      '[ -z "$router" ] || ip route replace default via "$router"\n',
  );
  await chmod(script, 0o755);
  const wanted = ['-O', 'bootfile', '-t', '5', '-T', '1'];
  return startOn(network, 'pc', [busybox, 'udhcpc', '-f', '-i', 'eth0', '-s', script, ...wanted, ...options]);
}
