import type { TcpModel } from '../../../sim/index.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { LINUX_TCP } from '../../scenario/tcp-schema.ts';

/** The TCP of a scenario, in the words of the simulator. */
export function tcpOf({ network: { tcp } }: Scenario): TcpModel {
  const { slowStart, firstWindow, segment, timeout } = tcp ?? LINUX_TCP;
  return {
    isSlowStart: slowStart,
    firstWindowBytes: firstWindow * segment,
    segmentBytes: segment,
    underLoss: tcp?.underLoss,
    timeoutS: timeout,
  };
}
