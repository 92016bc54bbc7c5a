import type { DeploymentModel, MulticastModel } from '../deployment-model.ts';
import { processorsBps } from '../network/processors.ts';
import { isStreamed } from './transport.ts';

/**
 * What one sender to all sends in a second [byte/s]: the slowest link, the slowest disk where it is written to at once,
 * and shared processors rule. A port that is sent to and receives nothing rules nothing.
 * @param receivers machines that it is to bear
 */
export function senderRate(
  model: DeploymentModel,
  { rateBps }: MulticastModel,
  receivers: readonly number[],
): number {
  const machines = receivers.map((receiver) => model.machines[receiver - 1]!);
  const reached = new Set([0, ...machines.map(({ site }) => site)]);
  const away = [...reached].filter((site) => site !== 0);
  return Math.min(
    rateBps,
    model.server.upBps,
    ...machines.map(({ link }) => link.downBps),
    ...[...reached].map((site) => model.sites[site]!.backplaneBps ?? Number.POSITIVE_INFINITY),
    ...away.map((site) => Math.min(model.sites[0]!.wan.upBps, model.sites[site]!.wan.downBps)),
    processorsBps(model) / receivers.length,
    isStreamed(model) ? diskBps(model) : Number.POSITIVE_INFINITY,
  );
}

/** The slower of decoder and disk [wire byte/s]. */
function diskBps({ disk, wireBytes, rawBytes }: DeploymentModel): number {
  const writeBps = disk.isShared ? Math.min(disk.readBps, disk.writeBps) : disk.writeBps;
  return (Math.min(writeBps, disk.decodeBps) * wireBytes) / rawBytes;
}
