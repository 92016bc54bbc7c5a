import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, RunFailure } from '../../failure.ts';
import { checkedCatalogue } from '../boot/boot-catalogue.ts';
import { scriptRoute } from '../boot/script-http-server.ts';
import type { DhcpEvent } from '../dhcp/dhcp-event.ts';
import { DhcpServer } from '../dhcp/dhcp-server.ts';
import { ownAddressOn } from '../dhcp/interface-reader.ts';
import { bootFileRoute } from '../http/boot-file-http-server.ts';
import { HttpServer } from '../http/http-server.ts';
import { payloadRoute } from '../http/payload-stream-reader.ts';
import { ImageStore } from '../image/image-store.ts';
import { startTracker, type Tracker } from '../swarm/tracker.ts';
import type { BootFile } from '../tftp/boot-file.ts';
import { openBootFolder } from '../tftp/boot-file-reader.ts';
import { BootFileServer } from '../tftp/boot-file-server.ts';
import { AgentApi } from './agent-api.ts';
import { agentRoute } from './agent-listener.ts';
import { isOver } from './deployment.ts';
import { DeploymentStore } from './deployment-store.ts';
import { keepOperatorAccess } from './operator-access-store.ts';
import { operatorRoute } from './operator-listener.ts';
import { ServedImages } from './served-images.ts';
import type { ServerEvent } from './server-event.ts';
import type { ServerSettings } from './server-settings.ts';
import { StoredBootRegistry } from './stored-boot-registry.ts';

/** Other DHCP servers have so long to answer a question of ours [ms]. */
const PROBE_MS = 3_000;
const SILENCE_MS = 30_000;
/** Between two looks which images are wanted and what there is to be told. */
const LOOK_MS = 1_000;

/** The whole server: what machines boot from, what they are told, and the images that they fetch. */
export class DeploymentServer {
  readonly #settings: ServerSettings;
  readonly #told: (event: ServerEvent) => void;
  /** What is to be closed, the last first. */
  readonly #closers: (() => Promise<void> | void)[] = [];

  private constructor(settings: ServerSettings, told: (event: ServerEvent) => void) {
    this.#settings = settings;
    this.#told = told;
  }

  /**
   * Starts everything, or nothing: machines are answered only once all services are there.
   * Rejects with a ConfigError for a setting that cannot be and a RunFailure where a port is taken (`PORT_TAKEN`), rights
   * are missing (`NO_RIGHTS`), another DHCP server is in the way (`RIVAL_SERVER`) or the store is unusable (`STORE`).
   */
  static async start(
    settings: ServerSettings,
    told: (event: ServerEvent) => void,
  ): Promise<DeploymentServer> {
    const server = new DeploymentServer(settings, told);
    try {
      await server.#start();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close();
  }

  async #start(): Promise<void> {
    const { state, interface: interfaceName, http, tftp, boot } = this.#settings;
    const address = ownAddressOn(interfaceName);
    const httpUrl = `http://${address}:${http.port}`;
    const catalogue = checkedCatalogue(boot);
    const images = new ImageStore(this.#settings.store ?? state);
    await mkdir(state, { recursive: true, mode: 0o700 });
    const store = DeploymentStore.open(join(state, 'swarmboot.db'));
    this.#closers.push(() => store.close());
    const bootFiles = await this.#openBootFiles(boot.folder ?? join(state, 'boot'));
    const tracker = await this.#startTracker(address);
    const served = this.#serveImages({ images, tracker, bootFiles, address, httpUrl });
    const registry = new StoredBootRegistry({ store, httpUrl, tftp: `${address}:${tftp.port}` });
    const access = await keepOperatorAccess(state, `http://127.0.0.1:${http.port}`);
    const agents = new AgentApi({ store, prepare: (deployment) => served.serve(deployment) });
    const told = this.#told;
    const httpServer = await onPort(http.port, 'HTTP', () =>
      HttpServer.start({
        host: '0.0.0.0',
        port: http.port,
        routes: [
          payloadRoute(served.payloads),
          bootFileRoute(bootFiles),
          scriptRoute({
            ...{ registry, catalogue, httpUrl },
            told: (mac, plan) => {
              store.machineSeen(mac);
              told({ service: 'boot', mac, plan });
            },
          }),
          agentRoute(agents),
          operatorRoute({ store, images, token: access.token }),
        ],
      }),
    );
    this.#closers.push(() => httpServer.close());
    const tftpServer = await onPort(tftp.port, 'TFTP', () =>
      BootFileServer.start({
        ...{ host: address, port: tftp.port, files: bootFiles },
        transferEnded: (event) => told({ service: 'tftp', event }),
      }),
    );
    this.#closers.push(() => tftpServer.close());
    await this.#goOn(store, served);
    await this.#startDhcp(store, registry);
  }

  /** The folder may still be empty: the server says so when a machine asks for a file. */
  async #openBootFiles(folder: string): Promise<Map<string, BootFile>> {
    await mkdir(folder, { recursive: true });
    const files = await openBootFolder(folder);
    this.#closers.push(async () => {
      for (const file of files.values()) await file.close();
    });
    return new Map<string, BootFile>(files);
  }

  async #startTracker(address: string): Promise<Tracker> {
    const { port } = this.#settings.tracker;
    const tracker = await onPort(port, 'tracker', () => startTracker(address, port));
    this.#closers.push(() => tracker.close());
    return tracker;
  }

  #serveImages(parts: {
    readonly images: ImageStore;
    readonly tracker: Tracker;
    readonly bootFiles: Map<string, BootFile>;
    readonly address: string;
    readonly httpUrl: string;
  }): ServedImages {
    const { swarm, upload = Number.POSITIVE_INFINITY, site } = this.#settings;
    const { address: host, ...served } = parts;
    const images = new ServedImages({ ...served, host, firstPort: swarm.port, upBps: upload, site });
    this.#closers.push(() => images.close());
    return images;
  }

  /** Serves again what was being deployed when the server ended, and from now on what is wanted. */
  async #goOn(store: DeploymentStore, served: ServedImages): Promise<void> {
    const wanted = () => store.deployments().filter(({ id }) => !isOver(store.targetsOf(id)));
    for (const deployment of wanted())
      await served.serve(deployment).catch((error) => this.#told({ service: 'images', error }));
    let heard = store.events().at(-1)?.id ?? 0;
    const look = setInterval(() => {
      for (const event of store.events(heard)) {
        this.#told({ service: 'deployment', event });
        heard = event.id;
      }
      served.keepOnly(wanted()).catch((error) => this.#told({ service: 'images', error }));
    }, LOOK_MS);
    this.#closers.push(() => clearInterval(look));
  }

  async #startDhcp(store: DeploymentStore, registry: StoredBootRegistry): Promise<void> {
    const { state, interface: interfaceName, http, boot, dhcp } = this.#settings;
    const { mode, onRival, subnets, reservations } = dhcp;
    if (mode === 'off') return;
    const server = await DhcpServer.start({
      ...{ mode, interfaceName, onRival, registry },
      catalogue: boot,
      httpPort: http.port,
      addresses: { subnets, reservations },
      leaseFile: join(state, 'leases'),
      probeMs: PROBE_MS,
      silenceMs: SILENCE_MS,
      onEvent: (event) => {
        keepSeen(store, event);
        this.#told({ service: 'dhcp', event });
      },
    });
    this.#closers.push(() => server.close());
  }
}

/** The registry of machines is filled by what boots. */
function keepSeen(store: DeploymentStore, event: DhcpEvent): void {
  if (event.kind === 'packetHeard' && event.boot) store.machineSeen(event.boot.mac);
}

async function onPort<Server>(port: number, what: string, start: () => Promise<Server>): Promise<Server> {
  try {
    return await start();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const name = `port ${port} (${what})`;
    if (code === 'EADDRINUSE')
      throw new RunFailure(
        'PORT_TAKEN',
        `${name} is in use: end the program that holds it, or choose another`,
        {
          cause,
        },
      );
    if (code === 'EACCES')
      throw new RunFailure(
        'NO_RIGHTS',
        `${name} may not be opened: run this as root, or choose one from 1024 up`,
        {
          cause,
        },
      );
    if (code === 'EADDRNOTAVAIL')
      throw new ConfigError('interface', `its address cannot be used for ${name}`, { cause });
    throw cause;
  }
}
