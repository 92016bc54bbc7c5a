import type { Scenario } from '../../scenario/schema.ts';

/** What a reader must know of simulated boots, disks and connections, where a scenario has them. */
export function machineLimitations({ boot, disk, network: { tcp, loss } }: Scenario): string[] {
  return [
    ...(boot
      ? [
          'A simulated machine waits for DHCP and boot files as long as it takes, where firmware gives up after about a minute; the transfer counts from the first machine that was ready, so it contains what others spent in the boot storm after that.',
        ]
      : []),
    ...(disk.writeCache > 0
      ? ['What waited in memory at the end of the download is written in the phase verify (disk.writeCache).']
      : []),
    ...(disk.seek > 0
      ? [
          'Every piece of a swarm costs one whole seek, read or written; a kernel that sorts its writes needs less.',
        ]
      : []),
    ...(tcp?.underLoss === undefined && loss > 0
      ? [
          'Packets of TCP that are lost take their share of every link and nothing else, as where there is no delay; the last packet of a burst, which only a timer of 0.2 s brings again, is not in it (network.loss).',
        ]
      : []),
    ...(tcp?.underLoss !== undefined && loss > 0
      ? [
          'Under loss a simulated connection carries the mean that its model says; packets that are sent again take nothing from the links (network.tcp.underLoss).',
        ]
      : []),
  ];
}
