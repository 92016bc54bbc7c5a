export * from './deployment-model.ts';
export { type SimulatedDeployment, type SimulatedMachine, simulate } from './simulate.ts';
export { MOST_LOSSES } from './transport/multicast-rounds.ts';
