import {
  carouselS,
  chainS,
  expectedCarouselPackets,
  expectedTransmissions,
  multicastS,
  seededMeanS,
  slicedMulticastS,
  swarmPredictionS,
  treeDepth,
  treeS,
  unicastTogetherS,
  unicastWavesS,
} from '../../../sim/index.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { pieceCount, wireSize } from '../../scenario/wire-size.ts';
import { type Prediction, readWireBps, streamedDiskBps, uploadBps } from '../formula-outcome.ts';
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
  const transferS = swarmPredictionS({
    wireBytes: wireSize(image),
    pieceBytes: image.pieceLength,
    seederUpBps: network.server.up,
    upBps: Array.from({ length: machines }, () => uploadBps(scenario)),
    downBps: Array.from({ length: machines }, () => downBps(scenario, 'p2p')),
    connectionBps: network.connectionCap,
  });
  return { transferS, meanS: branchingMeanS(scenario, machines), serverCopies: null };
}

/**
 * Mean where whole copies double over equal uplinks, each at the full rate of one; over uplinks without a limit nobody has
 * to wait for another.
 */
function branchingMeanS(scenario: Scenario, machines: number): number | null {
  const { image, network } = scenario;
  const upBps = network.server.up;
  const copyBps = Math.min(downBps(scenario, 'p2p'), network.connectionCap);
  const isBranching =
    pieceCount(image) === 1 && upBps === uploadBps(scenario) && upBps < Infinity && copyBps >= upBps;
  return isBranching ? seededMeanS(machines, wireSize(image) / upBps) : null;
}

function predictUnicast(scenario: Scenario, machines: number): Prediction {
  const { network, image, transports } = scenario;
  const wave = Math.min(transports.unicast?.wave ?? machines, machines);
  const rateBps = Math.min(downBps(scenario, 'unicast'), network.connectionCap);
  const links = { wireBytes: wireSize(image), seederUpBps: network.server.up };
  if (wave < machines) {
    const transferS = unicastWavesS({ ...links, downBps: rateBps, machines, wave });
    const downloadS = unicastTogetherS({
      ...links,
      downBps: Array.from({ length: machines % wave || wave }, () => rateBps),
    });
    return { transferS, downloadS, meanS: null, serverCopies: machines };
  }
  const transferS = unicastTogetherS({ ...links, downBps: Array.from({ length: machines }, () => rateBps) });
  return { transferS, meanS: transferS, serverCopies: machines };
}

function predictMulticast(scenario: Scenario, machines: number): Prediction {
  switch (scenario.transports.multicast!.repair) {
    case 'slices':
      return predictSlices(scenario);
    case 'carousel':
      return predictCarousel(scenario, machines);
    default:
      return predictRounds(scenario, machines);
  }
}

/** Without loss. */
function predictSlices(scenario: Scenario): Prediction {
  const { wait, round, slices } = scenario.transports.multicast!;
  const transferS = slicedMulticastS({
    ...castOf(scenario),
    slicePackets: slices.packets,
    isFullDuplex: slices.duplex === 'full',
    exchangeS: round,
    waitS: wait,
  });
  return { transferS, meanS: transferS, serverCopies: 1 };
}

function predictCarousel(scenario: Scenario, machines: number): Prediction {
  const { wait } = scenario.transports.multicast!;
  const { loss } = scenario.network;
  const session = { ...castOf(scenario), loss, waitS: wait };
  const packets = Math.ceil(session.wireBytes / session.packetBytes);
  return {
    transferS: carouselS({ ...session, machines }),
    meanS: carouselS({ ...session, machines: 1 }),
    serverCopies: expectedCarouselPackets(machines, packets, loss) / packets,
  };
}

/** What is sent, and how fast. */
function castOf(scenario: Scenario): { wireBytes: number; packetBytes: number; rateBps: number } {
  const { network, image, transports } = scenario;
  const { rate, packet } = transports.multicast!;
  const rateBps = Math.min(rate, network.server.up, downBps(scenario, 'multicast'));
  return { wireBytes: wireSize(image), packetBytes: packet, rateBps };
}

function predictRounds(scenario: Scenario, machines: number): Prediction {
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
  const { image, transports } = scenario;
  const { hopSetUp } = transports.chain!;
  const children = childrenOf(scenario, machines);
  const hopBps = hopBpsOf(scenario, machines);
  const pipeline = { wireBytes: wireSize(image), pieceBytes: image.pieceLength, machines };
  const transferS =
    children === 1
      ? chainS({ ...pipeline, linkBps: hopBps, hopSetUpS: hopSetUp })
      : treeS({ ...pipeline, linkBps: hopBps * children, children }) +
        (treeDepth(machines, children) - 1) * hopSetUp;
  return { transferS, meanS: null, serverCopies: children };
}

/** Nobody has more children than there are machines. */
function childrenOf({ transports }: Scenario, machines: number): number {
  return Math.min(transports.chain!.children, machines);
}

/** Rate of the slowest hop; where the server serves all machines nobody else sends. */
function hopBpsOf(scenario: Scenario, machines: number): number {
  const { network } = scenario;
  const children = childrenOf(scenario, machines);
  const upBps = Math.min(network.server.up, machines > children ? uploadBps(scenario) : Infinity);
  return Math.min(upBps / children, downBps(scenario, 'chain'), network.connectionCap);
}

/** Whether a machine that is done and reads back would hold up those behind it, which read from the same disk. */
export function isHeldUpByReadBack(scenario: Scenario, machines: number): boolean {
  const children = childrenOf(scenario, machines);
  if (!scenario.disk.readBack || machines === children) return false;
  return readWireBps(scenario) < (children + 1) * hopBpsOf(scenario, machines);
}

/** What one machine takes in: its link, and its disk where that is written at once. */
function downBps(scenario: Scenario, transport: ModelTransport): number {
  return Math.min(scenario.network.machine.down, streamedDiskBps(scenario, transport));
}
