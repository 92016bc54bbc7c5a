import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, RunFailure } from '../../failure.ts';
import { makeFolder } from '../../folder-writer.ts';
import { type BootCatalogue, fileNamesOf } from '../boot/boot-catalogue.ts';
import type { BootRegistry } from '../boot/boot-plan.ts';
import { type ScriptRouteOptions, scriptRoute } from '../boot/script-http-server.ts';
import { type AgentFileWishes, systemRescueAgentFiles } from '../boot/systemrescue/agent-files.ts';
import type { SystemRescueContext } from '../boot/systemrescue/systemrescue-file.ts';
import { systemRescueRoute } from '../boot/systemrescue/systemrescue-http-server.ts';
import type { DhcpEvent } from '../dhcp/dhcp-event.ts';
import { DhcpServer } from '../dhcp/dhcp-server.ts';
import { ownAddressOn } from '../dhcp/interface-reader.ts';
import { bootFileRoute } from '../http/boot-file-http-server.ts';
import { type HttpRoute, HttpServer } from '../http/http-server.ts';
import { payloadRoute } from '../http/payload-stream-reader.ts';
import { ImageStore } from '../image/image-store.ts';
import { publicKeyOfStore } from '../image/store-keys.ts';
import { LinkRate } from '../link-rate.ts';
import { swarmClientByName } from '../swarm/swarm-client-by-name.ts';
import { startTracker, type Tracker } from '../swarm/tracker.ts';
import type { BootFile, BootFiles } from '../tftp/boot-file.ts';
import { openBootFolder } from '../tftp/boot-file-reader.ts';
import { BootFileServer, type RefusedRequest, type TransferEnded } from '../tftp/boot-file-server.ts';
import { AgentApi } from './agent-api.ts';
import { agentRoute } from './agent-listener.ts';
import { isOver } from './deployment.ts';
import { DeploymentStore } from './deployment-store.ts';
import { keepOperatorAccess } from './operator-access-store.ts';
import { operatorRoute } from './operator-listener.ts';
import { seedingTimetable } from './seeding-timetable.ts';
import { ServedImages } from './served-images.ts';
import { catalogueOf } from './server-catalogue.ts';
import type { ServerEvent } from './server-event.ts';
import type { ServerSettings } from './server-settings.ts';
import { StoredBootRegistry } from './stored-boot-registry.ts';

/** Other DHCP servers have so long to answer a question of ours [ms]. */
const PROBE_MS = 3_000;
const SILENCE_MS = 30_000;
/** Between two looks which images are wanted and what there is to be told. */
const LOOK_MS = 1_000;

export interface DeploymentServerOptions {
  readonly settings: ServerSettings;
  /** Hears all that happens. */
  readonly told: (event: ServerEvent) => void;
  /** The agent, `agent.mjs`, and what it starts beside itself; asked for where machines boot SystemRescue. */
  readonly agentFiles: () => Promise<AgentFileWishes['agentFiles']>;
}

/** The whole server: what machines boot from, what they are told, and the images that they fetch. */
export class DeploymentServer {
  readonly #settings: ServerSettings;
  readonly #told: (event: ServerEvent) => void;
  readonly #agentFiles: DeploymentServerOptions['agentFiles'];
  /** What is to be closed, the last first. */
  readonly #closers: (() => Promise<void> | void)[] = [];

  private constructor({ settings, told, agentFiles }: DeploymentServerOptions) {
    this.#settings = settings;
    this.#told = told;
    this.#agentFiles = agentFiles;
  }

  /**
   * Starts everything, or nothing: machines are answered only once all services are there.
   * Rejects with a ConfigError for a setting that cannot be and a RunFailure where a port is taken (`PORT_TAKEN`), rights
   * are missing (`NO_RIGHTS`), another DHCP server is in the way (`RIVAL_SERVER`) or the store is unusable (`STORE`).
   */
  static async start(options: DeploymentServerOptions): Promise<DeploymentServer> {
    const server = new DeploymentServer(options);
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
    const { state, store: imageFolder = state, interface: interfaceName, http, tftp, boot } = this.#settings;
    const { client } = this.#settings.swarm;
    const address = ownAddressOn(interfaceName);
    const httpUrl = `http://${address}:${http.port}`;
    const catalogue = catalogueOf(boot, httpUrl);
    const images = new ImageStore(imageFolder);
    await makeFolder(state, 0o700);
    const store = DeploymentStore.open(join(state, 'swarmboot.db'));
    this.#closers.push(() => store.close());
    const bootFiles = await this.#openBootFiles(boot.folder ?? join(state, 'boot'), fileNamesOf(catalogue));
    const tracker = await this.#startTracker(address);
    const served = this.#serveImages({ images, tracker, bootFiles, address, httpUrl });
    const registry = new StoredBootRegistry({ store, httpUrl, tftp: `${address}:${tftp.port}` });
    const routes = [
      payloadRoute(served.payloads),
      bootFileRoute(bootFiles),
      this.#scriptRoute(store, { registry, catalogue, httpUrl }),
      ...(await this.#systemRescueRoutes({ httpUrl, registry, images })),
      agentRoute(new AgentApi({ store, client, prepare: (deployment) => served.serve(deployment) })),
      operatorRoute({
        store,
        images,
        client,
        served: () => served.figures(),
        ...(await keepOperatorAccess(state, `http://127.0.0.1:${http.port}`)),
      }),
    ];
    // Images first: a machine that has asked over a restart of the server must not be told that there is none.
    await this.#goOn(store, served);
    await this.#startHttp(routes);
    await this.#startTftp(address, bootFiles);
    await this.#startDhcp(store, { registry, catalogue });
  }

  async #startHttp(routes: readonly HttpRoute[]): Promise<void> {
    const { port } = this.#settings.http;
    const failed = (error: unknown): void => this.#told({ service: 'http', error });
    const server = await onPort(port, 'HTTP', () =>
      HttpServer.start({ host: '0.0.0.0', port, routes, failed }),
    );
    this.#closers.push(() => server.close());
  }

  async #startTftp(host: string, files: BootFiles): Promise<void> {
    const { port } = this.#settings.tftp;
    const transferEnded = (event: TransferEnded): void => this.#told({ service: 'tftp', event });
    const refused = (request: RefusedRequest): void => this.#told({ service: 'tftp', refused: request });
    const server = await onPort(port, 'TFTP', () =>
      BootFileServer.start({ host, port, files, transferEnded, refused }),
    );
    this.#closers.push(() => server.close());
  }

  #scriptRoute(store: DeploymentStore, options: Omit<ScriptRouteOptions, 'told'>): HttpRoute {
    return scriptRoute({
      ...options,
      told: (mac, plan) => {
        store.machineSeen(mac);
        this.#told({ service: 'boot', mac, plan });
      },
    });
  }

  /** The folder may still be empty: the server says so, and again when a machine asks for a file. */
  async #openBootFiles(folder: string, names: ReadonlySet<string>): Promise<Map<string, BootFile>> {
    await makeFolder(folder);
    const files = await openBootFolder(folder);
    const lacking = [...names].filter((name) => !files.has(name));
    if (lacking.length > 0) this.#told({ service: 'boot', folder, lacking });
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
    const uplink = new LinkRate(upload);
    const timetable = seedingTimetable(swarm);
    const client = swarmClientByName(swarm.client);
    const images = new ServedImages({
      ...{ ...served, client, host, firstPort: swarm.port, uplink, site, timetable },
    });
    this.#closers.push(() => images.close());
    return images;
  }

  /** Serves again what was being deployed when the server ended, and from now on what is wanted. */
  async #goOn(store: DeploymentStore, served: ServedImages): Promise<void> {
    const keep = this.#keeper(store, served);
    await keep();
    let heard = store.lastEventId();
    const look = setInterval(() => {
      try {
        for (const event of store.events(heard)) {
          this.#told({ service: 'deployment', event });
          heard = event.id;
        }
      } catch (error) {
        this.#told({ service: 'store', error });
      }
      keep().catch((error) => this.#told({ service: 'store', error }));
    }, LOOK_MS);
    this.#closers.push(() => clearInterval(look));
  }

  /** @returns serves what is wanted, one look at a time; a failure that stays is told once */
  #keeper(store: DeploymentStore, served: ServedImages): () => Promise<void> {
    let failing: ReadonlySet<string> = new Set();
    let looking: Promise<void> | undefined;
    const look = async (): Promise<void> => {
      const wanted = store.deployments().filter(({ id }) => !isOver(store.targetsOf(id), Date.now()));
      const failures = new Map((await served.keep(wanted)).map((error) => [error.message, error]));
      for (const [message, error] of failures)
        if (!failing.has(message)) this.#told({ service: 'images', error });
      failing = new Set(failures.keys());
    };
    return () => {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    };
  }

  async #systemRescueRoutes({
    images,
    ...context
  }: Omit<SystemRescueContext, 'files'> & { readonly images: ImageStore }): Promise<HttpRoute[]> {
    if (this.#settings.boot.systemRescue === undefined) return [];
    const [node, agentFiles] = await Promise.all([readFile(process.execPath), this.#agentFiles()]);
    const { publicKey } = await publicKeyOfStore(images);
    const files = await systemRescueAgentFiles({ node, agentFiles, publicKey });
    return [systemRescueRoute({ ...context, files })];
  }

  async #startDhcp(
    store: DeploymentStore,
    boot: { readonly registry: BootRegistry; readonly catalogue: BootCatalogue },
  ): Promise<void> {
    const { state, interface: interfaceName, http, dhcp } = this.#settings;
    const { mode, onRival, subnets, reservations } = dhcp;
    if (mode === 'off') return;
    const server = await DhcpServer.start({
      ...{ mode, interfaceName, onRival, ...boot },
      httpPort: http.port,
      addresses: { subnets, reservations },
      leaseFile: join(state, 'leases'),
      probeMs: PROBE_MS,
      silenceMs: SILENCE_MS,
      onEvent: (event) => {
        this.#told({ service: 'dhcp', event });
        this.#keepSeen(store, event);
      },
    });
    this.#closers.push(() => server.close());
  }

  /** The registry of machines is filled by what boots; a machine that cannot be kept has been answered all the same. */
  #keepSeen(store: DeploymentStore, event: DhcpEvent): void {
    if (event.kind !== 'packetHeard' || !event.boot) return;
    try {
      store.machineSeen(event.boot.mac);
    } catch (error) {
      this.#told({ service: 'store', error });
    }
  }
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
