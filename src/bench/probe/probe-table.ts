import { TRANSPORT_WORDS } from '../metrics/plain-words.ts';
import { readableBytes, readableTime } from '../metrics/readable-units.ts';
import { TRANSPORTS } from '../record/run-record.ts';
import { numberColumn, type Table, textColumn } from '../report/report-document.ts';
import type { Probe } from './probe.ts';

/** What a probe found out, a row for each transport. */
export function probeTable({ transports }: Probe): Table {
  return {
    columns: [
      textColumn('Transport'),
      numberColumn('Register'),
      numberColumn('Metainfo'),
      numberColumn('Partition, scan'),
      numberColumn('Start-up of the transfer'),
      numberColumn('Read-back'),
      numberColumn('Finish'),
      numberColumn('Processors, a machine'),
      numberColumn('and a wire GB'),
    ],
    rows: TRANSPORTS.flatMap((transport) => {
      const cost = transports[transport];
      if (!cost) return [];
      const { register, metainfo, partition, startUp, verifyBps, finish, cpuPerMachine, cpuPerByte } = cost;
      const times = [register, metainfo, partition, startUp].map((seconds) => readableTime(seconds));
      const rate = `${readableBytes(Math.round(verifyBps))}/s`;
      const cpu = [cpuPerMachine, cpuPerByte * 1e9].map((seconds) => `${seconds.toPrecision(3)} CPU-s`);
      return [[TRANSPORT_WORDS[transport], ...times, rate, readableTime(finish), ...cpu]];
    }),
  };
}
