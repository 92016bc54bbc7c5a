import type { MachineSteps } from '../../deployment/post-deploy-steps.ts';
import { moveBackupTable } from '../move-backup-table.ts';
import type { PostDeployHook } from '../post-deploy-hook.ts';
import { addEfiBootEntry } from './add-efi-boot-entry.ts';
import { growLastPartition } from './grow-last-partition.ts';
import { runScript } from './run-script.ts';
import { setHostName } from './set-host-name.ts';
import { unpackFiles } from './unpack-files.ts';

/**
 * What is done to a disk that holds its image, in this order: scripts see the disk as it will be, and firmware is told
 * of it when nothing can fail any more. The partition table always fits the disk.
 */
export function postDeployHooks(steps?: MachineSteps): readonly PostDeployHook[] {
  return [
    unpackFiles,
    moveBackupTable,
    ...(steps?.growLastPartition ? [growLastPartition] : []),
    ...(steps?.hostName ? [setHostName(steps.hostName)] : []),
    ...(steps?.scripts ?? []).map(runScript),
    ...(steps?.efiBootEntry ? [addEfiBootEntry] : []),
  ];
}
