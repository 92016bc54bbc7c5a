import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { ProtocolError } from '../protocol-error.ts';
import { AnswerWatch } from './answer-watch.ts';
import type { BootFiles } from './boot-file.ts';
import { decodePacket, encodePacket } from './packet-codec.ts';
import { decideRequest, type RequestDecision } from './request-decision.ts';
import type { TransferOutcome } from './transfer-effect.ts';
import { TransferServer } from './transfer-server.ts';

export interface BootFileServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly files: BootFiles;
  /** Requests beyond so many transfers at a time, or a quarter for one address, are not answered: clients ask again. */
  readonly mostTransfers?: number;
  readonly transferEnded?: (ended: TransferEnded) => void;
  readonly refused?: (request: RefusedRequest) => void;
}

/** A request that no transfer came of, for the log. */
export interface RefusedRequest {
  readonly client: string;
  /** As the client named it. */
  readonly file: string;
  readonly reason: string;
}

/** How one transfer went, for the log. */
export interface TransferEnded {
  readonly client: string;
  /** As the client named it. */
  readonly file: string;
  readonly outcome: TransferOutcome;
  /** Why the file was unreadable, where it was. */
  readonly reason: string | undefined;
}

/** Each takes a socket, a few kilobytes and what waits of its window. */
const MOST_TRANSFERS = 1024;
/** One address gets a quarter of the places, and no fewer than these: machines behind a NAT share one. */
const LEAST_FOR_ONE_ADDRESS = 4;
/** A client that has said nothing for so long and asks again has been started again; it may well use the same port. */
const STARTED_AGAIN_MS = 3_000;
/** Whoever makes up names costs no more memory than this. */
const MOST_TOLD_REFUSALS = 1_000;
/** How exactly silence is noticed: a fraction of the shortest timeout. */
const TICK_MS = 20;

/**
 * Serves boot files by TFTP (RFC 1350, 2347-2349, 7440): reading only, in mode octet, and only what is in the catalogue.
 * What a remote sends can end its own transfer and nothing else.
 */
export class BootFileServer {
  readonly #options: BootFileServerOptions;
  readonly #socket: Socket;
  /** By the address of the client. */
  readonly #transfers = new Map<string, Running>();
  readonly #watch = new AnswerWatch();
  readonly #toldRefusals = new Set<string>();
  #clock: NodeJS.Timeout | undefined;

  private constructor(options: BootFileServerOptions) {
    this.#options = options;
    this.#socket = socketFor(options.host);
    this.#socket.on('message', (datagram, sender) => this.#received(datagram, sender));
  }

  /** Rejects with the system's error where the port cannot be had. */
  static async start(options: BootFileServerOptions): Promise<BootFileServer> {
    const server = new BootFileServer(options);
    const listening = once(server.#socket, 'listening');
    server.#socket.bind({ address: options.host, port: options.port, exclusive: true });
    await listening;
    // An answer that cannot be sent is as good as one that is lost.
    server.#socket.on('error', () => {});
    return server;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Breaks off what is running. */
  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    for (const { transfer } of this.#transfers.values()) transfer.close();
    await closed;
  }

  #received(datagram: Buffer, sender: RemoteInfo): void {
    // Forged: nothing can be sent there.
    if (sender.port === 0) return;
    const decision = this.#decide(datagram);
    if (decision.kind === 'refuse') this.#refuse(decision, sender);
    if (decision.kind === 'transfer') this.#begin(decision, datagram, sender);
  }

  /** Told once for each client and name: some clients try a dozen names in turn, and again and again. */
  #refuse({ name, error }: Refusal, { address, port }: RemoteInfo): void {
    this.#socket.send(encodePacket(error), port, address);
    const key = `${address} ${name}`;
    if (this.#toldRefusals.has(key)) return;
    if (this.#toldRefusals.size >= MOST_TOLD_REFUSALS) this.#toldRefusals.clear();
    this.#toldRefusals.add(key);
    this.#options.refused?.({ client: address, file: name, reason: error.message });
  }

  #decide(datagram: Buffer): RequestDecision {
    try {
      return decideRequest(decodePacket(datagram), this.#options.files);
    } catch (error) {
      if (error instanceof ProtocolError) return { kind: 'ignore' };
      throw error;
    }
  }

  #begin({ name, file, terms }: TransferDecision, request: Buffer, client: RemoteInfo): void {
    const key = `${client.address} ${client.port}`;
    const before = this.#transfers.get(key);
    if (before?.request.equals(request) && isGoingOn(before)) return;
    before?.transfer.close();
    if (!this.#hasRoomFor(client.address)) return;
    const transfer = new TransferServer({ client, file, terms }, socketFor(this.#options.host), this.#watch);
    const running = { transfer, request, address: client.address };
    this.#transfers.set(key, running);
    this.#clock ??= setInterval(() => this.#tick(), TICK_MS);
    transfer.ended.then((outcome) => {
      if (this.#transfers.get(key) === running) this.#transfers.delete(key);
      if (this.#transfers.size === 0) this.#stopClock();
      this.#options.transferEnded?.({ client: key, file: name, outcome, reason: transfer.readFailure });
    });
    transfer.start(this.#options.host);
  }

  /** Room is made where all places are taken, or all those of the address. */
  #hasRoomFor(address: string): boolean {
    const { mostTransfers = MOST_TRANSFERS } = this.#options;
    const mostOfAddress = Math.max(LEAST_FOR_ONE_ADDRESS, Math.floor(mostTransfers / 4));
    const ofAddress = [...this.#transfers].filter(([, running]) => running.address === address);
    if (ofAddress.length >= mostOfAddress) return this.#makeRoom(ofAddress);
    return this.#transfers.size < mostTransfers || this.#makeRoom([...this.#transfers]);
  }

  /** The client goes that has waited longest without having shown that it exists. @returns whether there was one */
  #makeRoom(among: readonly (readonly [key: string, running: Running])[]): boolean {
    const unknown = among.find(([, { transfer }]) => !transfer.hasHeard);
    if (unknown === undefined) return false;
    const [key, { transfer }] = unknown;
    this.#transfers.delete(key);
    transfer.close();
    return true;
  }

  #tick(): void {
    const atMs = performance.now();
    for (const { transfer } of this.#transfers.values()) transfer.clockTicked(atMs);
  }

  #stopClock(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
  }
}

interface Running {
  readonly transfer: TransferServer;
  readonly address: string;
  /** As it came. */
  readonly request: Buffer;
}

/**
 * Whether the same request once more is none: the client has not heard us yet, and what we said is sent again in its
 * time; or it is in the middle of the file, and the network has delivered a copy late.
 */
function isGoingOn({ transfer }: Running): boolean {
  return !transfer.hasHeard || performance.now() - transfer.heardAtMs < STARTED_AGAIN_MS;
}

type TransferDecision = Extract<RequestDecision, { kind: 'transfer' }>;
type Refusal = Extract<RequestDecision, { kind: 'refuse' }>;

/** Addresses are numbers already: nothing has to be looked up, which Node would put off to a later moment. */
function socketFor(host: string): Socket {
  const family = isIPv6(host) ? 6 : 4;
  return createSocket({
    type: `udp${family}`,
    lookup: (address, _options, found) => found(null, address, family),
  });
}
