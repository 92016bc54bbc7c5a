import type { BootModel, BootStep } from '../../../sim/index.ts';
import type { Scenario } from '../../scenario/schema.ts';

/** What machines of a scenario load before the agent runs, in the words of the simulator. */
export function bootOf({ boot }: Scenario): { boot?: BootModel } {
  if (!boot) return {};
  const { steps, dhcp, tftp, http } = boot;
  return {
    boot: {
      steps: steps.map(stepOf),
      dhcp: { serviceS: dhcp.service },
      tftp: {
        blockBytes: tftp.blockSize,
        windowBlocks: tftp.window,
        turnaroundS: tftp.turnaround,
        serviceS: tftp.service,
        transfers: tftp.transfers ?? Infinity,
      },
      http: { transfers: http.transfers ?? Infinity },
    },
  };
}

function stepOf(step: NonNullable<Scenario['boot']>['steps'][number]): BootStep {
  if (step === 'dhcp') return { kind: 'dhcp' };
  if ('wait' in step) return { kind: 'wait', lastsS: step.wait };
  if ('tftp' in step) return { kind: 'tftp', bytes: step.tftp };
  return { kind: 'http', bytes: step.http };
}
