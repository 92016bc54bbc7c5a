import type { Executor } from '../executor.ts';
import { HARDWARE_TRANSPORTS, unsupportedByHardware } from './hardware-limits.ts';
import { HardwareRun } from './hardware-run.ts';
import type { HardwareSettings } from './hardware-settings.ts';

/** Answers a scenario with real machines, by way of a deployment server that runs already. */
export function hardwareExecutor(settings: HardwareSettings): Executor {
  const { golden, room, disk = 'only' } = settings;
  return {
    name: 'hardware',
    basis: `the image ${golden} on ${room.join(', ')}${disk === 'only' ? '' : `, disk ${disk}`}`,
    transports: HARDWARE_TRANSPORTS,
    isSeeded: true,
    // Our client fetches the blocks of one piece from several peers at a time.
    hasWholePieces: false,
    unsupported: unsupportedByHardware,
    run: (run, watch) => new HardwareRun(run, settings, watch).run(),
  };
}
