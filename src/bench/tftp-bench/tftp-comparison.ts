import { median } from '../metrics/cell.ts';
import type { TftpCase, TftpResult, TftpRun, TftpServerName } from './tftp-case.ts';

/** One server in one round of one case; a run that failed is null. */
export interface TftpAttempt {
  readonly server: TftpServerName;
  readonly case: TftpCase;
  readonly round: number;
  readonly run: TftpRun | null;
}

/** Sums up the attempts of each server and case, in the order of the first of them. */
export function compareTftp(attempts: readonly TftpAttempt[]): TftpResult[] {
  const groups = Map.groupBy(attempts, (attempt) => `${attempt.case.name} ${attempt.server}`);
  return [...groups.values()].map((group) => resultOf(group, attempts));
}

function resultOf(group: readonly TftpAttempt[], all: readonly TftpAttempt[]): TftpResult {
  const { server, case: tftpCase } = group[0]!;
  const runs = group.flatMap(({ run }) => run ?? []);
  return {
    server,
    case: tftpCase.name,
    blksize: tftpCase.blksize,
    windowsize: tftpCase.windowsize,
    clients: tftpCase.clients,
    runs,
    failures: group.length - runs.length,
    medianBytesPerS: median(runs.map(({ bytesPerS }) => bytesPerS)),
    medianServerCpuS: median(runs.map(({ serverCpuS }) => serverCpuS)),
    timesTftpdHpa: median(group.flatMap((attempt) => quotient(attempt, all) ?? [])),
  };
}

function quotient(attempt: TftpAttempt, all: readonly TftpAttempt[]): number | null {
  const other = all.find(
    ({ server, case: { name }, round }) =>
      server === 'tftpd-hpa' && name === attempt.case.name && round === attempt.round,
  );
  return attempt.run && other?.run ? attempt.run.bytesPerS / other.run.bytesPerS : null;
}
