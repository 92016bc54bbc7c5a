import { isKernelArgument } from '../boot/boot-catalogue.ts';
import type { BootRegistry, RegisteredMachine } from '../boot/boot-plan.ts';
import type { Deployment } from './deployment.ts';
import type { DeploymentStore } from './deployment-store.ts';
import type { Machine } from './stored-machines.ts';

export interface StoredBootRegistryOptions {
  readonly store: DeploymentStore;
  /** Where machines find the HTTP server, without a slash at its end. */
  readonly httpUrl: string;
  /** `host:port` of the TFTP server. */
  readonly tftp: string;
}

/** A machine with a tag `site:NAME` is at that site. */
const SITE = 'site:';

/** What a boot plan has to know of a machine, out of the store: whether it is armed, and what its agent is told. */
export class StoredBootRegistry implements BootRegistry {
  readonly #options: StoredBootRegistryOptions;

  constructor(options: StoredBootRegistryOptions) {
    this.#options = options;
  }

  machine(mac: string): RegisteredMachine | undefined {
    const { store } = this.#options;
    const known = store.machine(mac);
    // It may have been armed by its UUID or by another card, as its agent has told them.
    const target = store
      .idsOf(mac)
      .map((id) => store.armedTarget(id))
      .find((armed) => armed !== undefined);
    if (!known && !target) return undefined;
    const deployment = target && store.deployment(target.deployment);
    return {
      name: known?.name ?? mac,
      isArmed: deployment !== undefined,
      arguments: deployment ? this.#argumentsFor(deployment, mac, known) : [],
    };
  }

  #argumentsFor({ agentToken, disk }: Deployment, mac: string, known: Machine | undefined): string[] {
    const site = known?.tags.find((tag) => tag.startsWith(SITE))?.slice(SITE.length) ?? '';
    return [
      `swarmboot.server=${this.#options.httpUrl}`,
      `swarmboot.tftp=${this.#options.tftp}`,
      `swarmboot.token=${agentToken}`,
      `swarmboot.disk=${disk}`,
      ...(site !== '' && isKernelArgument(site) ? [`swarmboot.site=${site}`] : []),
      `BOOTIF=01-${mac.replaceAll(':', '-')}`,
    ];
  }
}
