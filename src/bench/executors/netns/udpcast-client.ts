import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import type { Metainfo, SwarmStatistics } from '../../../engine/index.ts';
import type { Casting } from '../local/casting.ts';
import type { LabPeer, LabPeerMaker, LabPeerOptions } from '../local/lab-peer.ts';
import { ProgramChild } from './program-child.ts';

const SENDER = 'udp-sender';
const RECEIVER = 'udp-receiver';
const INTERFACE = 'eth0';
/** Ethernet 14, IPv4 20, UDP 8, udpcast 16. */
const HEADER_BYTES = 58;
/** The sender looks every so often whether all receivers are there; without this, every two seconds. */
const HELLO_MS = 100;
/** How long a receiver that has everything lingers, in case that its last acknowledgement was lost. Default 500. */
const EXIT_WAIT_MS = 100;
/**
 * Questions to a silent receiver before it is given up, some 12 s. By default 200: a machine that dies stops all others
 * for minutes.
 */
const MOST_RETRIES = 20;
/** A line of the sender: bytes in groups of three digits, and packets sent again. */
const PROGRESS = /bytes=([\d ]+?)\s+re-xmits=(\d+)/g;

/** udpcast: one sender, and a receiver on each machine that writes onto its disk. Nothing is taken from the tracker. */
export const udpcast: LabPeerMaker = {
  name: 'udpcast',
  make: (options) => Promise.resolve(new UdpcastPeer(options)),
  version() {
    // It tells its version and then that there is no such interface.
    const { stderr } = spawnSync(RECEIVER, ['--interface', 'none'], { encoding: 'utf8' });
    return Promise.resolve(/Udp-receiver (\S+)/.exec(stderr)?.[1] ?? '');
  },
};

class UdpcastPeer implements LabPeer {
  readonly #options: LabPeerOptions;
  #program: ProgramChild | undefined;
  #imageBytes = 0;
  #isSender = false;

  constructor(options: LabPeerOptions) {
    this.#options = options;
  }

  /** Resolves once the sender waits for its receivers. */
  async seed({ imageBytes }: Metainfo): Promise<void> {
    this.#isSender = true;
    this.#imageBytes = imageBytes;
    this.#program = new ProgramChild(SENDER, [
      ...this.#common(),
      '--full-duplex',
      '--rexmit-hello-interval',
      String(HELLO_MS),
      '--retries-until-drop',
      String(MOST_RETRIES),
      ...castingOptions(this.#options.casting!),
    ]);
    await this.#program.unlessLost(this.#program.spoken);
  }

  /** The receiver writes the image from its first byte to its last, and ends when it has all. */
  async download({ imageBytes }: Metainfo): Promise<void> {
    this.#imageBytes = imageBytes;
    await truncate(this.#options.file, 0);
    this.#program = new ProgramChild(RECEIVER, [...this.#common(), '--exit-wait', String(EXIT_WAIT_MS)]);
    await this.#program.finished;
  }

  statistics(): SwarmStatistics {
    const uploadedBytes = this.#isSender ? this.#sentBytes() : 0;
    const downloadedBytes = this.#isSender || !this.#program ? 0 : statSync(this.#options.file).size;
    const share = this.#isSender ? 1 : downloadedBytes / Math.max(1, this.#imageBytes);
    return { uploadedBytes, downloadedBytes, byPeer: new Map(), share };
  }

  stop(): Promise<void> {
    this.#program?.stop();
    return Promise.resolve();
  }

  #common(): string[] {
    return ['--file', this.#options.file, '--interface', INTERFACE, '--nokbd'];
  }

  #sentBytes(): number {
    const [, bytes = '0', again = '0'] =
      [...(this.#program?.lastWords ?? '').matchAll(PROGRESS)].at(-1) ?? [];
    return Number(bytes.replaceAll(' ', '')) + Number(again) * this.#options.casting!.packetBytes;
  }
}

function castingOptions({ receivers, rateBps, packetBytes }: Casting): string[] {
  const frameBits = Math.floor((rateBps * 8 * (packetBytes + HEADER_BYTES)) / packetBytes);
  return [
    '--min-receivers',
    String(receivers),
    '--blocksize',
    String(packetBytes),
    ...(rateBps === Infinity ? [] : ['--max-bitrate', String(frameBits)]),
  ];
}
