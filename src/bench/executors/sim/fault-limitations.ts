import type { Modelled, ModelTransport } from '../model-transport.ts';

const FOUND_AGAIN =
  'A simulated server that is started again is up without delay, where it took one to two seconds in the netns lab; machines find it when our client next asks the tracker for it';

/** What a stopped server means, by who has to find it again; a multicast is refused. */
const OF_STOPPED_SERVER: Readonly<Record<ModelTransport, readonly string[]>> = {
  p2p: [
    `${FOUND_AGAIN}, or by the tracker and the peers that are simulated, where the scenario has machines look for others (faults.stop.server).`,
  ],
  chain: [`${FOUND_AGAIN} (faults.stop.server).`],
  unicast: [
    'A simulated server that is started again is up without delay, and serves those who had not begun; whoever was getting a stream has lost the deployment (faults.stop.server).',
  ],
  multicast: [],
};

/** What a reader must know of simulated faults, where a scenario has them. */
export function faultLimitations({ scenario: { faults }, transport }: Modelled): string[] {
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
      ? OF_STOPPED_SERVER[transport]
      : []),
    ...(faults.some((fault) => 'back' in fault && fault.back !== undefined)
      ? [
          'A simulated machine that is powered on again goes through all its phases, reads its disk from front to end, keeps every whole piece that had arrived (by Clonezilla none), and has its old neighbours at once, or those whom a tracker names that is asked again; its phases are those of its last life (faults: back).',
        ]
      : []),
  ];
}
