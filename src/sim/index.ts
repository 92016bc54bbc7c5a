/** The door of the model: the simulator, and the closed forms beside it. */
export {
  type Calibration,
  calibrate,
  type Extrapolation,
  isWithin,
  type UnknownFit,
} from './calibration/calibrate.ts';
export {
  CALIBRATED,
  type CellPlace,
  type MeasuredCell,
} from './calibration/explanation.ts';
export type { Range } from './calibration/fit.ts';
export * from './deployment-model.ts';
export { RandomStream } from './kernel/random-stream.ts';
export type { TraceEvent, TraceKind, TraceListener } from './kernel/trace.ts';
export { arrivalTimes } from './machine/arrivals.ts';
export type { BootModel, BootStep } from './machine/boot-model.ts';
export { isDeathByChance } from './machine/chance-deaths.ts';
export type { MessageKind } from './messages/message.ts';
export { type SimulatedMessageSwarm, simulateMessages } from './messages/message-swarm.ts';
export type { MessageSwarmModel } from './messages/message-swarm-model.ts';
export { MOST_TOLERANCE } from './model-check.ts';
export type { TcpModel } from './network/tcp-model.ts';
export { type SimulatedDeployment, type SimulatedMachine, simulate } from './simulate.ts';
export * from './theory/boot-storm.ts';
export * from './theory/branching.ts';
export * from './theory/branching-equation.ts';
export * from './theory/carousel.ts';
export * from './theory/chain.ts';
export * from './theory/flash-crowd.ts';
export * from './theory/fluid.ts';
export * from './theory/fluid-trajectory.ts';
export * from './theory/kumar-ross.ts';
export * from './theory/large-swarm.ts';
export * from './theory/multicast.ts';
export * from './theory/multicast-slices.ts';
export * from './theory/mundinger.ts';
export * from './theory/packet-loss.ts';
export * from './theory/service-capacity.ts';
export * from './theory/swarm-prediction.ts';
export * from './theory/tcp.ts';
export * from './theory/unicast.ts';
export { MOST_LOSSES } from './transport/multicast-rounds.ts';
