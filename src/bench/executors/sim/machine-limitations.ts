import type { Scenario } from '../../scenario/schema.ts';

/** What a reader must know of simulated boots, disks and connections, where a scenario has them. */
export function machineLimitations({ boot, disk, faults, network: { tcp, loss } }: Scenario): string[] {
  return [
    ...(faults.some((fault) => 'full' in fault)
      ? [
          'A simulated disk has no room for a piece of a swarm that would not fit as a whole, and takes a stream to the byte (faults.full).',
        ]
      : []),
    ...(faults.some((fault) => 'fail' in fault)
      ? [
          'Simulated machines die by chance, each by itself and at a constant rate, from when they are powered on or the transfer begins until they are done (faults.fail).',
        ]
      : []),
    ...(faults.some((fault) => 'corrupt' in fault)
      ? [
          'A simulated piece with a wrong hash is fetched again as a whole, from whoever has it; nobody is banned (faults.corrupt).',
        ]
      : []),
    ...(faults.some((fault) => 'stop' in fault && fault.stop === 'server')
      ? [
          'A simulated server that is started again is there at once, and its swarm finds it at once; it took 4 s in the netns lab (faults.stop.server).',
        ]
      : []),
    ...(faults.some((fault) => 'back' in fault && fault.back !== undefined)
      ? [
          'A simulated machine that is powered on again goes through all its phases, reads its disk from front to end, keeps every whole piece that had arrived (by Clonezilla none), and has its old neighbours at once; its phases are those of its last life (faults: back).',
        ]
      : []),
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
