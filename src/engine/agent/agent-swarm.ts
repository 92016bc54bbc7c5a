import type { Metainfo } from '../image/metainfo.ts';
import type { ChunkStore, SwarmClient, SwarmClientOptions, SwarmStatistics } from '../swarm/swarm-client.ts';
import { type SwarmClientName, swarmClientByName } from '../swarm/swarm-client-by-name.ts';
import { swarmboot } from '../swarm/swarmboot-client.ts';
import type { ImageTransport } from './image-transport.ts';

/** A machine's peer: our own client from the start, so that a wrong address is noticed, and the one that its server names. */
export class AgentSwarm implements ImageTransport {
  readonly #options: SwarmClientOptions;
  #name: SwarmClientName = 'swarmboot';
  #client: SwarmClient;

  private constructor(options: SwarmClientOptions, client: SwarmClient) {
    this.#options = options;
    this.#client = client;
  }

  static async start(options: SwarmClientOptions): Promise<AgentSwarm> {
    return new AgentSwarm(options, await swarmboot.make(options));
  }

  async choose(name: SwarmClientName, note: (sentence: string) => void): Promise<void> {
    if (name === this.#name) return;
    if (this.#options.site)
      note(
        `the server has ${name} run, which knows no sites: an image crosses to ${this.#options.site} often`,
      );
    await this.#client.stop();
    this.#client = await swarmClientByName(name).make(this.#options);
    this.#name = name;
  }

  get name(): SwarmClientName {
    return this.#name;
  }

  download(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    return this.#client.download(metainfo, store);
  }

  statistics(): SwarmStatistics {
    return this.#client.statistics();
  }

  stop(): Promise<void> {
    return this.#client.stop();
  }
}
