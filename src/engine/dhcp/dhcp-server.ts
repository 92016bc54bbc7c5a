import { setTimeout as delay } from 'node:timers/promises';
import { RunFailure } from '../../failure.ts';
import { checkedCatalogue } from '../boot/boot-catalogue.ts';
import { type AddressSettings, addressPlanOf } from './address-plan.ts';
import { AddressService } from './address-service.ts';
import type { BootSettings, DhcpMode } from './boot-decision.ts';
import { type DhcpEvent, packetHeard } from './dhcp-event.ts';
import { DhcpListener } from './dhcp-listener.ts';
import { ownAddressOn } from './interface-reader.ts';
import type { Ipv4 } from './ipv4.ts';
import { LeasePool } from './lease-pool.ts';
import { LeaseStore } from './lease-store.ts';
import { type Arrival, type DhcpService, ignored } from './outcome.ts';
import { ProxyService } from './proxy-service.ts';
import { type Response, respond } from './respond.ts';
import type { Rival } from './rival.ts';
import { findRival } from './rival-probe-client.ts';

export interface DhcpServerOptions extends Pick<BootSettings, 'registry' | 'catalogue'> {
  readonly mode: Exclude<DhcpMode, 'off'>;
  /** Machines are behind this interface. A datagram does not say where it came in, so it cannot be found out. */
  readonly interfaceName: string;
  /** Of the server of boot files and scripts, at our address on the interface. */
  readonly httpPort: number;
  /** Unused in the mode `proxy`. */
  readonly addresses: AddressSettings;
  /** Where the leases are kept; unused in the mode `proxy`. */
  readonly leaseFile: string;
  /** What to do about another server that would answer the same machines. */
  readonly onRival: 'refuse' | 'staySilent';
  /** How long other servers have to answer a question of ours [ms]; 5 s are enough for all that we know. */
  readonly probeMs: number;
  /** Between two questions while we stay silent [ms]. */
  readonly silenceMs: number;
  /** Hears all that happens, for logs and for the registry of machines. */
  readonly onEvent: (event: DhcpEvent) => void;
}

interface DhcpServerParts {
  readonly address: Ipv4;
  readonly service: DhcpService;
  /** Undefined where no addresses are given. */
  readonly store: LeaseStore | undefined;
}

const SILENT_SERVICE: DhcpService = {
  answer: () => ignored('rivalServer', 'another server answers on this network'),
};

/** Answers machines that want an address, a boot file or both. */
export class DhcpServer {
  /** Our own address on the interface. */
  readonly address: Ipv4;
  readonly #options: DhcpServerOptions;
  readonly #store: LeaseStore | undefined;
  readonly #service: DhcpService;
  readonly #closing = new AbortController();
  #listener!: DhcpListener;
  #rival: Rival | undefined;
  #silence: Promise<void> = Promise.resolve();

  private constructor(options: DhcpServerOptions, { address, service, store }: DhcpServerParts) {
    this.#options = options;
    this.address = address;
    this.#service = service;
    this.#store = store;
  }

  /**
   * Looks for other servers first, and then answers.
   * Rejects with a ConfigError for a setting that cannot be, and with a RunFailure where a port is taken
   * (`PORT_TAKEN`), rights are missing (`NO_RIGHTS`) or another server is in the way (`RIVAL_SERVER`).
   */
  static async start(options: DhcpServerOptions): Promise<DhcpServer> {
    const server = new DhcpServer(options, await partsOf(options));
    try {
      await server.#open();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** False while another server makes us stay silent. */
  get isAnswering(): boolean {
    return this.#rival === undefined;
  }

  /** Leases that were being written are written. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#silence;
    await this.#store?.close();
    await this.#listener?.close();
  }

  async #open(): Promise<void> {
    const { mode, onRival } = this.#options;
    const rival = await this.#look();
    if (rival && onRival === 'refuse') throw rivalFailure(rival);
    this.#listener = await DhcpListener.open({
      address: this.address,
      isBootServer: mode === 'proxy',
      onDatagram: (bytes, arrival) => this.#hear(bytes, arrival),
      onError: (error) => this.#failed(error),
    });
    this.#turn(rival);
    if (rival) this.#silence = this.#staySilent();
  }

  #look(): Promise<Rival | undefined> {
    const { mode, probeMs: waitMs } = this.#options;
    return findRival({ address: this.address, mode, waitMs, signal: this.#closing.signal });
  }

  /** A look that fails is told of and comes again: another program may hold the port of clients for a moment. */
  async #staySilent(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#rival && !signal.aborted) {
      try {
        await delay(this.#options.silenceMs, undefined, { signal });
        const rival = await this.#look();
        if (rival?.address !== this.#rival.address) this.#turn(rival);
      } catch (error) {
        if (!signal.aborted) this.#failed(error);
      }
    }
  }

  #turn(rival: Rival | undefined): void {
    this.#rival = rival;
    this.#options.onEvent(rival ? { kind: 'silenced', rival } : { kind: 'answering' });
  }

  #hear(bytes: Uint8Array, arrival: Arrival): void {
    if (this.#closing.signal.aborted) return;
    const service = this.isAnswering ? this.#service : SILENT_SERVICE;
    let responded: ReturnType<typeof respond>;
    try {
      responded = respond({ bytes, arrival, nowMs: Date.now() }, service);
    } catch (error) {
      // What it asks of the store may fail, on a full disk for example.
      return this.#failed(error);
    }
    this.#act(responded.response, arrival.port).then(
      () => this.#options.onEvent(packetHeard(responded)),
      (error) => this.#failed(error),
    );
  }

  /** A lease is on the disk before the machine hears of it. */
  async #act(response: Response, port: Arrival['port']): Promise<void> {
    if (response.kind === 'ignored') return;
    await this.#store?.append(response.changes);
    if (response.kind === 'answered') await this.#listener.send(response.bytes, response.to, port);
  }

  #failed(error: unknown): void {
    this.#options.onEvent({ kind: 'answerFailed', error });
  }
}

async function partsOf(options: DhcpServerOptions): Promise<DhcpServerParts> {
  const { mode, registry, httpPort, interfaceName, addresses, leaseFile } = options;
  const address = ownAddressOn(interfaceName);
  const boot = {
    mode,
    registry,
    catalogue: checkedCatalogue(options.catalogue),
    addresses: { tftpServer: address, httpUrl: `http://${address}:${httpPort}` },
  };
  if (mode === 'proxy') return { address, service: new ProxyService(address, boot), store: undefined };
  const plan = addressPlanOf(mode, addresses, address);
  const store = await LeaseStore.open(leaseFile);
  const pool = new LeasePool(plan, store.leases);
  return { address, service: new AddressService({ serverAddress: address, boot, plan, pool }), store };
}

function rivalFailure({ address, givesAddresses }: Rival): RunFailure {
  const what = givesAddresses ? 'gives addresses' : 'gives boot files';
  return new RunFailure(
    'RIVAL_SERVER',
    `${address} ${what} on this network: stop it, choose the mode \`proxy\`, or let us stay silent while it answers`,
  );
}
