/** Servers that are held side by side. */
export const TFTP_SERVERS = ['swarmboot', 'tftpd-hpa', 'tftp-package'] as const;
export type TftpServerName = (typeof TFTP_SERVERS)[number];

/** What the clients ask for. */
export interface TftpCase {
  readonly name: string;
  readonly blksize: number;
  readonly windowsize: number;
  /** Clients at the same time, each with the whole file. */
  readonly clients: number;
}

/** The largest block that fits into an Ethernet frame, as UEFI firmware asks for it. */
const ETHERNET_BLKSIZE = 1468;

function aCase(windowsize: number, clients: number): TftpCase {
  const name = clients === 1 ? `window-${windowsize}` : `window-${windowsize}-clients-${clients}`;
  return { name, blksize: ETHERNET_BLKSIZE, windowsize, clients };
}

export const TFTP_CASES: readonly TftpCase[] = [
  aCase(1, 1),
  aCase(4, 1),
  aCase(16, 1),
  aCase(1, 8),
  aCase(4, 8),
];

/** What one server took for one case, once. */
export interface TftpRun {
  readonly seconds: number;
  /** Of all clients together, in bytes per second. */
  readonly bytesPerS: number;
  /** Processor time of the server and its children [s]. */
  readonly serverCpuS: number;
}

/** What came out for one server and one case. */
export interface TftpResult {
  readonly server: TftpServerName;
  readonly case: string;
  readonly blksize: number;
  readonly windowsize: number;
  readonly clients: number;
  readonly runs: readonly TftpRun[];
  /** Runs in which a client got no file or another one: they do not count. */
  readonly failures: number;
  /** Medians of the runs; null where there are none. */
  readonly medianBytesPerS: number | null;
  readonly medianServerCpuS: number | null;
  /** Median of the quotients of this server and tftpd-hpa in the same round; null where one of them is missing. */
  readonly timesTftpdHpa: number | null;
}
