import type { DeploymentModel } from '../deployment-model.ts';
import { type Connections, TO_MEMORY } from '../network/connections.ts';
import type { Place } from '../network/place.ts';
import { SERVER } from '../network/topology.ts';
import { tftpS } from '../theory/boot-storm.ts';
import { connectS } from '../transport/transport.ts';
import { Admission } from './admission.ts';
import type { BootModel, BootStep } from './boot-model.ts';
import { ServiceQueue } from './service-queue.ts';

/** A machine on its way through the steps. */
interface BootingMachine {
  step: number;
  readonly flow: number;
  readonly onBooted: () => void;
}

/**
 * What machines load before the agent runs: one after the other in a machine, all machines beside each other. DHCP has a
 * line; a file by TFTP flows at most as fast as its round trips let it; all bytes cross the server's link, beside
 * whatever else does.
 */
export class BootStorm {
  readonly #model: DeploymentModel;
  readonly #boot: BootModel;
  readonly #place: Place & { readonly connections: Connections };
  readonly #dhcp: ServiceQueue;
  readonly #transfers: Readonly<Record<'tftp' | 'http', Admission>>;
  /** The processor of the TFTP server, as a link: -1 where it takes no time. */
  readonly #tftpLink: number;
  readonly #booting = new Map<number, BootingMachine>();

  constructor(model: DeploymentModel, boot: BootModel, place: Place & { readonly connections: Connections }) {
    this.#model = model;
    this.#boot = boot;
    this.#place = place;
    this.#dhcp = new ServiceQueue(place.simulation, boot.dhcp.serviceS);
    this.#transfers = { tftp: new Admission(boot.tftp.transfers), http: new Admission(boot.http.transfers) };
    this.#tftpLink = place.network.addLink(boot.tftp.blockBytes / boot.tftp.serviceS);
  }

  /** @param onBooted called when the machine has gone through all steps */
  begin(machine: number, onBooted: () => void): void {
    const booting = { step: -1, flow: this.#place.network.open(this.#loaded, machine), onBooted };
    this.#booting.set(machine, booting);
    this.#next(machine, booting);
  }

  /** The machine dies; it may begin anew later. */
  leave(machine: number): void {
    const booting = this.#booting.get(machine);
    if (!booting) return;
    this.#booting.delete(machine);
    const { network, connections } = this.#place;
    if (network.isRunning(booting.flow)) connections.cancel(booting.flow);
    for (const admission of Object.values(this.#transfers)) admission.leave(machine);
  }

  /** A machine that died meanwhile takes no further step, be it that it boots again. */
  #next(machine: number, booting: BootingMachine): void {
    if (this.#booting.get(machine) !== booting) return;
    booting.step++;
    const step = this.#boot.steps[booting.step];
    if (step) return this.#take(step, machine, booting);
    this.#booting.delete(machine);
    booting.onBooted();
  }

  #take(step: BootStep, machine: number, booting: BootingMachine): void {
    const { simulation } = this.#place;
    switch (step.kind) {
      case 'wait':
        return simulation.after(step.lastsS, () => this.#next(machine, booting));
      case 'dhcp':
        return this.#ask(() => this.#ask(() => this.#next(machine, booting)));
      case 'tftp':
        return this.#transfers.tftp.enter(machine, () => this.#sendByTftp(booting.flow, machine, step.bytes));
      case 'http':
        return this.#transfers.http.enter(machine, () => this.#sendByHttp(booting, machine, step.bytes));
    }
  }

  /** One message to the DHCP server, and its answer. */
  #ask(onAnswered: () => void): void {
    const { simulation } = this.#place;
    const { latencyS } = this.#model;
    simulation.after(latencyS, () => this.#dhcp.ask(() => simulation.after(latencyS, onAnswered)));
  }

  /**
   * A client that waits for each window sends no more in a time than it does alone; beside others its share of the links
   * is fair. That is the asymptotic bound of a closed network of customers that wait and are served (Denning & Buzen
   * 1978), which customers that all take equal times reach.
   */
  #sendByTftp(flow: number, machine: number, bytes: number): void {
    const { network, topology } = this.#place;
    const { tftp } = this.#boot;
    const path = topology.path(SERVER, machine, TO_MEMORY);
    const aloneS = tftpS({
      bytes,
      blockBytes: tftp.blockBytes,
      windowBlocks: tftp.windowBlocks,
      roundTripS: 2 * this.#model.latencyS + tftp.turnaroundS,
      serviceS: tftp.serviceS,
      rateBps: network.narrowest(path),
    });
    if (this.#tftpLink !== -1) path.push(this.#tftpLink);
    network.start(flow, { path, bytes, capBps: bytes / aloneS });
  }

  #sendByHttp(booting: BootingMachine, machine: number, bytes: number): void {
    this.#place.simulation.after(connectS(this.#model), () => {
      if (this.#booting.get(machine) !== booting) return;
      this.#place.connections.sendToMemory(booting.flow, machine, bytes);
    });
  }

  readonly #loaded = (machine: number): void => {
    const booting = this.#booting.get(machine)!;
    this.#place.connections.ended(booting.flow);
    for (const admission of Object.values(this.#transfers)) admission.leave(machine);
    this.#next(machine, booting);
  };
}
