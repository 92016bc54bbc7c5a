import type { BootModel, BootStep, TftpModel } from '../../../src/sim/machine/boot-model.ts';

/** What a test cares about of a boot; servers take no time and serve everybody at once. */
interface BootWishes {
  readonly serviceS?: number;
  readonly tftp?: Partial<TftpModel>;
  readonly httpTransfers?: number;
}

/** Blocks of 1 KiB, lock-step. */
export function aBoot(steps: readonly BootStep[], wishes: BootWishes = {}): BootModel {
  return {
    steps,
    dhcp: { serviceS: wishes.serviceS ?? 0 },
    tftp: {
      blockBytes: 1024,
      windowBlocks: 1,
      turnaroundS: 0,
      serviceS: 0,
      transfers: Infinity,
      ...wishes.tftp,
    },
    http: { transfers: wishes.httpTransfers ?? Infinity },
  };
}

/** The steps of a test, in few words. */
export const dhcp: BootStep = { kind: 'dhcp' };
export function wait(lastsS: number): BootStep {
  return { kind: 'wait', lastsS };
}
export function byTftp(bytes: number): BootStep {
  return { kind: 'tftp', bytes };
}
export function byHttp(bytes: number): BootStep {
  return { kind: 'http', bytes };
}
