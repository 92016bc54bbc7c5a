import { MOST_LOSS_BY_MATHIS, MOST_LOSS_BY_PADHYE } from '../../../sim/index.ts';
import { writtenShare } from '../../metrics/readable-units.ts';
import type { Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';

/** Settings of boot and disk that the simulator cannot honour, each as `key.path: reason`. */
export function unsupportedMachines(
  { boot, network, disk, transports }: Scenario,
  transport: Transport,
): string[] {
  const settings = transports[transport];
  const isSerial = settings !== undefined && 'diskWrite' in settings && settings.diskWrite === 'serial';
  const hasCache = disk.writeCache > 0;
  const isRepaired = transport === 'multicast' && transports.multicast?.repair === 'p2p';
  return [
    ...(isRepaired && disk.seek > 0
      ? ['disk.seek: a simulated repair by P2P knows no seeks between the blocks of a piece']
      : []),
    ...(boot && network.loss > 0 ? ['boot: DHCP and TFTP of the simulator lose no packets'] : []),
    ...(hasCache && transport === 'multicast'
      ? ['disk.writeCache: the sender of a simulated multicast keeps to the rate of the disks']
      : []),
    ...(hasCache && isSerial
      ? ['disk.writeCache: what is written after the download goes straight to the disk']
      : []),
  ];
}

/** The same of a network that loses packets of TCP. */
export function unsupportedTcpLoss({ loss, latency, tcp }: Scenario['network']): string[] {
  if (tcp?.underLoss === undefined)
    return latency === 0
      ? []
      : ['network.loss: with a delay TCP slows down under loss; `network.tcp.underLoss` says by which model'];
  const most = { mathis: MOST_LOSS_BY_MATHIS, padhye: MOST_LOSS_BY_PADHYE }[tcp.underLoss];
  return [
    ...(loss > most
      ? [`network.loss: \`network.tcp.underLoss: ${tcp.underLoss}\` holds up to ${writtenShare(most)}`]
      : []),
    ...(latency === 0
      ? ['network.latency: TCP under loss depends on the round trip, allowed is a time above zero']
      : []),
  ];
}
