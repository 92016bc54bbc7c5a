import {
  chainS,
  expectedTransmissions,
  multicastS,
  seededMeanS,
  swarmPredictionS,
  treeDepth,
  treeS,
  unicastTogetherS,
  unicastWavesS,
} from '../../../sim/index.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { pieceCount, wireSize } from '../../scenario/wire-size.ts';
import { type Prediction, streamedDiskBps } from '../formula-outcome.ts';
import type { ModelTransport } from '../model-transport.ts';

/** Formulas of `src/sim/theory` for one transport of a scenario; machines are equal and start together. */
export function predict(scenario: Scenario, transport: ModelTransport, machines: number): Prediction {
  switch (transport) {
    case 'p2p':
      return predictP2p(scenario, machines);
    case 'unicast':
      return predictUnicast(scenario, machines);
    case 'multicast':
      return predictMulticast(scenario, machines);
    case 'chain':
      return predictChain(scenario, machines);
  }
}

function predictP2p(scenario: Scenario, machines: number): Prediction {
  const { image, network } = scenario;
  const wireBytes = wireSize(image);
  const transferS = swarmPredictionS({
    wireBytes,
    pieceBytes: image.pieceLength,
    seederUpBps: network.server.up,
    upBps: Array.from({ length: machines }, () => network.machine.up),
    downBps: Array.from({ length: machines }, () => downBps(scenario, 'p2p')),
    connectionBps: network.connectionCap,
  });
  const isBranching = pieceCount(image) === 1 && network.server.up === network.machine.up;
  const meanS = isBranching ? seededMeanS(machines, wireBytes / network.server.up) : null;
  return { transferS, meanS, serverCopies: null };
}

function predictUnicast(scenario: Scenario, machines: number): Prediction {
  const { network, image, transports } = scenario;
  const wave = Math.min(transports.unicast?.wave ?? machines, machines);
  const rateBps = Math.min(downBps(scenario, 'unicast'), network.connectionCap);
  const links = { wireBytes: wireSize(image), seederUpBps: network.server.up };
  if (wave < machines) {
    const transferS = unicastWavesS({ ...links, downBps: rateBps, machines, wave });
    return { transferS, meanS: null, serverCopies: machines };
  }
  const transferS = unicastTogetherS({ ...links, downBps: Array.from({ length: machines }, () => rateBps) });
  return { transferS, meanS: transferS, serverCopies: machines };
}

function predictMulticast(scenario: Scenario, machines: number): Prediction {
  const { network, image, transports } = scenario;
  const { rate, packet, wait, round } = transports.multicast!;
  const transferS = multicastS({
    wireBytes: wireSize(image),
    packetBytes: packet,
    machines,
    loss: network.loss,
    rateBps: Math.min(rate, network.server.up),
    slowestDownBps: network.machine.down,
    slowestWriteBps: streamedDiskBps(scenario, 'multicast'),
    waitS: wait,
    roundS: round,
  });
  const serverCopies = network.loss === 0 ? 1 : expectedTransmissions(machines, network.loss);
  return { transferS, meanS: network.loss === 0 ? transferS : null, serverCopies };
}

function predictChain(scenario: Scenario, machines: number): Prediction {
  const { network, image, transports } = scenario;
  const { children, hopSetUp } = transports.chain!;
  const upBps = Math.min(network.server.up, machines > 1 ? network.machine.up : Infinity);
  const hopBps = Math.min(upBps / children, downBps(scenario, 'chain'), network.connectionCap);
  const pipeline = { wireBytes: wireSize(image), pieces: pieceCount(image), machines };
  const transferS =
    children === 1
      ? chainS({ ...pipeline, linkBps: hopBps, hopSetUpS: hopSetUp })
      : treeS({ ...pipeline, linkBps: hopBps * children, children }) +
        (treeDepth(machines, children) - 1) * hopSetUp;
  return { transferS, meanS: null, serverCopies: Math.min(children, machines) };
}

/** What one machine takes in: its link, and its disk where that is written at once. */
function downBps(scenario: Scenario, transport: ModelTransport): number {
  return Math.min(scenario.network.machine.down, streamedDiskBps(scenario, transport));
}
