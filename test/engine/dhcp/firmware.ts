import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CapturedDatagram, readPcap } from './pcap.ts';

const REQUEST = 1;
const FOLDER = fileURLToPath(new URL('./firmware/', import.meta.url));

export interface FirmwarePacket extends CapturedDatagram {
  /** Of the capture, and its place in it. */
  readonly name: string;
}

/** What real firmware has sent to servers; see firmware/README.md. */
export const FIRMWARE_PACKETS: readonly FirmwarePacket[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.pcap'))
  .flatMap((file) =>
    readPcap(FOLDER + file).map((datagram, index) => ({
      ...datagram,
      name: `${file.replace('.pcap', '')} ${index + 1}`,
    })),
  )
  // A boot server also answers to port 4011.
  .filter(({ to, bytes }) => (to.port === 67 || to.port === 4011) && bytes[0] === REQUEST);
