import { spawnSync } from 'node:child_process';
import type { Metainfo, SwarmStatistics } from '../../../engine/index.ts';
import type { Casting } from '../local/casting.ts';
import type { LabPeer, LabPeerMaker, LabPeerOptions } from '../local/lab-peer.ts';
import type { Command } from './pipe-script.ts';
import { ProgramChild } from './program-child.ts';
import { ProgramPipe } from './program-pipe.ts';
import { UNPACKER, WRITER, writing } from './unpacking.ts';

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
 * A receiver that does not answer is asked again, up to ten times within some 0.2 s, and from then on once a second; when
 * the last question has waited its second, too, the sender goes on without it. So all stand still for this much less than
 * the number of retries, in seconds (udpcast, `netSenderMain` in senddata.c). By default 200: a machine that dies would
 * stop all others for three minutes.
 */
const QUICK_RETRIES = 9;
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

/** The command of a machine that writes what is sent to its standard output, and ends when it has all. */
export function udpcastReceiver(): Command {
  return [RECEIVER, '--interface', INTERFACE, '--nokbd', '--exit-wait', String(EXIT_WAIT_MS)];
}

/** The sender of one or more files, each of which is sent when all receivers are there. */
export class UdpcastSender {
  readonly #files: readonly string[];
  readonly #casting: Casting;
  readonly #ready = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<never>();
  #program: ProgramChild | undefined;
  #isStopped = false;
  #earlierBytes = 0;

  constructor(files: readonly string[], casting: Casting) {
    this.#files = files;
    this.#casting = casting;
    this.#lost.promise.catch(() => {});
    this.#sendAll().catch((error: unknown) => {
      this.#ready.reject(error);
      if (!this.#isStopped) this.#lost.reject(error);
    });
  }

  /** Rejects with a RunFailure (`PROGRAM`) when a file could not be sent to its end, unless it was stopped. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  /** Resolves once it waits for the receivers of the first file. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Payload so far, with what was sent again. */
  get sentBytes(): number {
    const said = this.#program?.said ?? '';
    const [, bytes = '0', again = '0'] = [...said.matchAll(PROGRESS)].at(-1) ?? [];
    return this.#earlierBytes + Number(bytes.replaceAll(' ', '')) + Number(again) * this.#casting.packetBytes;
  }

  stop(): void {
    this.#isStopped = true;
    this.#program?.stop();
  }

  async #sendAll(): Promise<void> {
    for (const file of this.#files) {
      this.#earlierBytes = this.sentBytes;
      this.#program = new ProgramChild(SENDER, this.#optionsFor(file));
      await this.#program.unlessLost(this.#program.spoken);
      this.#ready.resolve();
      await this.#program.finished;
    }
  }

  #optionsFor(file: string): string[] {
    const retries = this.#casting.dropAfterS + QUICK_RETRIES;
    return [
      ...['--file', file, '--interface', INTERFACE, '--nokbd', '--full-duplex'],
      ...['--rexmit-hello-interval', String(HELLO_MS), '--retries-until-drop', String(retries)],
      ...castingOptions(this.#casting),
    ];
  }
}

class UdpcastPeer implements LabPeer {
  readonly #options: LabPeerOptions;
  #sender: UdpcastSender | undefined;
  #pipe: ProgramPipe | undefined;
  #payloadBytes = 1;
  #receivedBytes = 0;

  constructor(options: LabPeerOptions) {
    this.#options = options;
  }

  /** Resolves once the sender waits for its receivers. */
  async seed(): Promise<void> {
    const { files, casting } = this.#options;
    this.#sender = new UdpcastSender(files, casting!);
    await this.#sender.ready;
  }

  /** The image is written from its first byte to its last, as it comes. */
  async download({ imageBytes }: Metainfo): Promise<void> {
    const { file, isPacked } = this.#options;
    this.#payloadBytes = imageBytes;
    const unpacking: readonly Command[] = isPacked ? [UNPACKER] : [];
    this.#pipe = new ProgramPipe([udpcastReceiver(), ...unpacking, writing(file)]);
    await this.#pipe.finished;
    this.#receivedBytes = imageBytes;
  }

  /** Of one that seeds. */
  get lost(): Promise<never> {
    return this.#sender!.lost;
  }

  statistics(): SwarmStatistics {
    const first = this.#options.isPacked ? UNPACKER[0] : WRITER;
    const readBytes = Math.min(this.#pipe?.readBy(first) ?? 0, this.#payloadBytes);
    this.#receivedBytes = Math.max(this.#receivedBytes, readBytes);
    const share = this.#sender ? 1 : this.#receivedBytes / this.#payloadBytes;
    return {
      uploadedBytes: this.#sender?.sentBytes ?? 0,
      downloadedBytes: this.#receivedBytes,
      byPeer: new Map(),
      share,
    };
  }

  stop(): Promise<void> {
    this.#sender?.stop();
    this.#pipe?.stop();
    return Promise.resolve();
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
