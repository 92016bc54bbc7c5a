import { describe, expect, it } from 'vitest';
import { chooseModules } from '../../../../src/engine/boot/boot-image/kernel-modules.ts';

const DEPENDENCIES = `kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko: kernel/drivers/ptp/ptp.ko kernel/drivers/pps/pps_core.ko
kernel/drivers/ptp/ptp.ko: kernel/drivers/pps/pps_core.ko
kernel/drivers/pps/pps_core.ko:
kernel/drivers/net/wireless/ath/ath9k/ath9k.ko:
kernel/drivers/scsi/qedi/qedi.ko:
kernel/drivers/nvme/host/nvme.ko:
kernel/sound/soundcore.ko:
`;

describe('the modules of a boot image', () => {
  it('are drivers of network and disks with all that they need, and nothing else', () => {
    expect(chooseModules(DEPENDENCIES)).toEqual([
      'kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko',
      'kernel/drivers/nvme/host/nvme.ko',
      'kernel/drivers/pps/pps_core.ko',
      'kernel/drivers/ptp/ptp.ko',
    ]);
  });
});
