import { describe, expect, it } from 'vitest';
import { serverLine } from '../../../src/engine/deployment/server-event.ts';
import type { TransferEnded } from '../../../src/engine/tftp/boot-file-server.ts';

function lineOf(ended: Pick<TransferEnded, 'outcome' | 'reason'>): string | undefined {
  return serverLine({ service: 'tftp', event: { client: '10.0.0.7 2070', file: 'vmlinuz', ...ended } });
}

describe('a line of the log', () => {
  it('says of a transfer why the file could not be read, or how it ended', () => {
    const reason = 'the boot file /srv/boot/vmlinuz was written to';
    expect(lineOf({ outcome: 'unreadable', reason })).toBe(`TFTP: vmlinuz for 10.0.0.7 2070: ${reason}`);
    expect(lineOf({ outcome: 'silent', reason: undefined })).toBe('TFTP: vmlinuz for 10.0.0.7 2070: silent');
  });

  it('says nothing of a transfer that went well', () => {
    expect(lineOf({ outcome: 'completed', reason: undefined })).toBeUndefined();
  });
});
