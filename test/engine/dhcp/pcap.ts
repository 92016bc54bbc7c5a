import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { ipv4Bytes, readIpv4 } from '../../../src/engine/dhcp/ipv4.ts';
import type { Endpoint } from '../../../src/engine/dhcp/outcome.ts';

/** A UDP datagram over IPv4 in a capture. */
export interface CapturedDatagram {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Payload, as far as it was captured. */
  readonly bytes: Uint8Array;
  /** Bytes at its end that the capture does not have. */
  readonly lostBytes: number;
}

/** https://www.ietf.org/archive/id/draft-gharris-opsawg-pcap-01.html: a header, then records; Ethernet. */
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MAGIC = 0xa1b2c3d4;
const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const UDP_BYTES = 8;
const IPV4_TYPE = 0x0800;
const UDP = 17;

/** The datagrams of a capture in the classic format, little endian. */
export function readPcap(file: string): CapturedDatagram[] {
  const bytes = readFileSync(file);
  if (bytes.readUInt32LE(0) !== MAGIC) throw new Error(`${file} is no capture in the classic format`);
  const datagrams: CapturedDatagram[] = [];
  for (let at = FILE_HEADER_BYTES; at < bytes.length; ) {
    const captured = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + captured);
    const lostBytes = bytes.readUInt32LE(at + 12) - captured;
    if (frame.readUInt16BE(12) === IPV4_TYPE && frame[ETHERNET_BYTES + 9] === UDP)
      datagrams.push(datagramOf(frame, lostBytes));
    at += RECORD_HEADER_BYTES + captured;
  }
  return datagrams;
}

function datagramOf(frame: Buffer, lostBytes: number): CapturedDatagram {
  const ip = frame.subarray(ETHERNET_BYTES);
  const udp = ip.subarray((ip[0]! & 15) * 4);
  return {
    from: { address: readIpv4(ip, 12), port: udp.readUInt16BE(0) },
    to: { address: readIpv4(ip, 16), port: udp.readUInt16BE(2) },
    bytes: new Uint8Array(udp.subarray(UDP_BYTES, udp.readUInt16BE(4))),
    lostBytes,
  };
}

/** Writes datagrams as if they had been captured. */
export async function writePcap(
  file: string,
  datagrams: readonly Omit<CapturedDatagram, 'lostBytes'>[],
): Promise<void> {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  await writeFile(file, Buffer.concat([header, ...datagrams.flatMap(recordOf)]));
}

function recordOf({ from, to, bytes }: Omit<CapturedDatagram, 'lostBytes'>): Buffer[] {
  const frame = Buffer.alloc(ETHERNET_BYTES + IP_BYTES + UDP_BYTES);
  frame.writeUInt16BE(IPV4_TYPE, 12);
  const ip = frame.subarray(ETHERNET_BYTES);
  ip[0] = 0x45;
  ip.writeUInt16BE(IP_BYTES + UDP_BYTES + bytes.length, 2);
  ip[8] = 64;
  ip[9] = UDP;
  ip.set(ipv4Bytes(from.address), 12);
  ip.set(ipv4Bytes(to.address), 16);
  const udp = ip.subarray(IP_BYTES);
  udp.writeUInt16BE(from.port, 0);
  udp.writeUInt16BE(to.port, 2);
  udp.writeUInt16BE(UDP_BYTES + bytes.length, 4);
  const record = Buffer.alloc(RECORD_HEADER_BYTES);
  record.writeUInt32LE(frame.length + bytes.length, 8);
  record.writeUInt32LE(frame.length + bytes.length, 12);
  return [record, frame, Buffer.from(bytes)];
}
