import type { TcpModel } from '../../../sim/index.ts';
import type { Scenario } from '../../scenario/schema.ts';

/** The TCP of a scenario, in the words of the simulator. */
export function tcpOf({ network: { tcp } }: Scenario): { tcp?: TcpModel } {
  if (!tcp) return {};
  return {
    tcp: {
      isSlowStart: tcp.slowStart,
      firstWindowBytes: tcp.firstWindow * tcp.segment,
      segmentBytes: tcp.segment,
      underLoss: tcp.underLoss,
      timeoutS: tcp.timeout,
    },
  };
}
