import type { Scenario } from '../../scenario/schema.ts';

/** What a reader must know of simulated faults, where a scenario has them. */
export function faultLimitations({ faults }: Scenario): string[] {
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
          'A simulated server that is started again is there at once, and its swarm finds it at once, or by its tracker where that is asked again; it took 5 s in the netns lab (faults.stop.server).',
        ]
      : []),
    ...(faults.some((fault) => 'back' in fault && fault.back !== undefined)
      ? [
          'A simulated machine that is powered on again goes through all its phases, reads its disk from front to end, keeps every whole piece that had arrived (by Clonezilla none), and has its old neighbours at once, or those whom a tracker names that is asked again; its phases are those of its last life (faults: back).',
        ]
      : []),
  ];
}
