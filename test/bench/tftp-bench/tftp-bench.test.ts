import { describe, expect, it } from 'vitest';
import { runTftpBench } from '../../../src/bench/tftp-bench/tftp-bench-client.ts';
import { TFTP_CASES, type TftpServerName } from '../../../src/bench/tftp-bench/tftp-case.ts';
import { compareTftp } from '../../../src/bench/tftp-bench/tftp-comparison.ts';
import { installedTool } from '../executors/local/installed-tool.ts';

const [CASE] = TFTP_CASES as [(typeof TFTP_CASES)[number]];

function anAttempt(server: TftpServerName, round: number, bytesPerS: number | null) {
  const run = bytesPerS === null ? null : { seconds: 1, bytesPerS, serverCpuS: 0.5 };
  return { server, case: CASE, round, run };
}

describe('the comparison of TFTP servers', () => {
  it('holds each round against tftpd-hpa in the same round, and leaves failed runs out', () => {
    const [ours, theirs] = compareTftp([
      anAttempt('swarmboot', 0, 100),
      anAttempt('tftpd-hpa', 0, 50),
      anAttempt('swarmboot', 1, 300),
      anAttempt('tftpd-hpa', 1, null),
    ]);
    expect(ours).toMatchObject({ medianBytesPerS: 200, failures: 0, timesTftpdHpa: 2 });
    expect(theirs).toMatchObject({ medianBytesPerS: 50, failures: 1, timesTftpdHpa: 1 });
  });

  it('fetches from every server and compares what arrives', async (context) => {
    installedTool(context, 'atftp', 'atftp');
    const results = await runTftpBench(
      { servers: ['swarmboot', 'tftp-package'], cases: [CASE], rounds: 1, fileBytes: 300_000 },
      { signal: context.signal, leftOut() {}, attempted() {} },
    );
    expect(results.map(({ server, runs, failures }) => [server, runs.length, failures])).toEqual([
      ['swarmboot', 1, 0],
      ['tftp-package', 1, 0],
    ]);
  });
});
