import { roomOf, type UnicastModel } from '../deployment-model.ts';
import { SERVER } from '../network/topology.ts';
import { type Arena, connectS, DISK_FULL, type Transport } from './transport.ts';

/** A machine that is served: its flow, and of the image what it had before, has now, and is being sent [byte]. */
interface Served {
  readonly flow: number;
  readonly keptBytes: number;
  sentBytes: number;
  sendingBytes: number;
}

/** The server sends the whole image to each machine over a connection of its own, to `wave` machines at a time. */
export class Unicast implements Transport {
  readonly #arena: Arena;
  readonly #wave: number;
  readonly #queue: number[] = [];
  readonly #served = new Map<number, Served>();
  /** By machine: the beginning of the image that it finds on its disk when it comes back [byte], in whole pieces. */
  readonly #kept = new Map<number, number>();
  readonly #startsOver: boolean;
  #isServerUp = true;
  /** What is sent at a time: page caches take whole pieces, and without them all is one. */
  readonly #partBytes: number;

  constructor(arena: Arena, { wave, startsOver = false }: UnicastModel) {
    this.#arena = arena;
    this.#wave = wave;
    this.#startsOver = startsOver;
    const { disk, wireBytes, pieceBytes } = arena.model;
    this.#partBytes = disk.dirtyBytes > 0 ? pieceBytes : wireBytes;
  }

  join(machine: number): void {
    // What was whole stays so, and its machine asks for nothing.
    if (this.#kept.get(machine) === this.#arena.model.wireBytes) return this.#arena.downloaded(machine);
    this.#queue.push(machine);
    this.#serve();
  }

  leave(machine: number, isBackLater = false): void {
    const place = this.#queue.indexOf(machine);
    if (place !== -1) this.#queue.splice(place, 1);
    const served = this.#served.get(machine);
    if (served) this.#cutOff(machine, served, isBackLater);
    if (isBackLater && this.#startsOver && this.#kept.delete(machine))
      this.#arena.ledger.lost(SERVER, machine, this.#arena.model.wireBytes);
    this.#serve();
  }

  /** A stream that breaks off in the middle costs its machine the deployment; those in the queue wait. */
  serverStopped(): void {
    this.#isServerUp = false;
    for (const [machine, served] of this.#served) {
      this.#cutOff(machine, served, false);
      this.#arena.failed(machine, 'the connection to the server broke off');
    }
  }

  serverStarted(): void {
    this.#isServerUp = true;
    this.#serve();
  }

  diagnose(): string {
    return 'the server never came to serve it';
  }

  #serve(): void {
    while (this.#isServerUp && this.#served.size < this.#wave) {
      const machine = this.#queue.shift();
      if (machine === undefined) return;
      const flow = this.#arena.network.open(this.#advance, machine);
      const keptBytes = this.#kept.get(machine) ?? 0;
      const served = { flow, keptBytes, sentBytes: keptBytes, sendingBytes: 0 };
      this.#served.set(machine, served);
      this.#arena.simulation.after(connectS(this.#arena.model), () => {
        if (this.#served.get(machine) !== served) return;
        // It may have waited for its turn.
        this.#arena.connections.readBack?.begin(machine, keptBytes, () => this.#comeBytes(served));
        this.#send(machine, served);
      });
    }
  }

  #send(machine: number, served: Served): void {
    const { model, connections } = this.#arena;
    const room = roomOf(model, machine);
    if (served.sentBytes >= room) return this.#overflow(machine, served);
    served.sendingBytes = Math.min(this.#partBytes, Math.min(room, model.wireBytes) - served.sentBytes);
    connections.send(served.flow, {
      sender: SERVER,
      receiver: machine,
      piece: 0,
      bytes: served.sendingBytes,
    });
  }

  readonly #advance = (machine: number): void => {
    const served = this.#served.get(machine)!;
    this.#arena.connections.streamed(served.flow, machine, served.sendingBytes);
    served.sentBytes += served.sendingBytes;
    if (served.sentBytes < this.#arena.model.wireBytes) return this.#send(machine, served);
    this.#finish(machine, served);
  };

  #comeBytes({ flow, sentBytes, sendingBytes }: Served): number {
    const { network } = this.#arena;
    return network.isRunning(flow) ? sentBytes + sendingBytes - network.left(flow) : sentBytes;
  }

  #overflow(machine: number, served: Served): void {
    this.#cutOff(machine, served, false);
    this.#arena.failed(machine, DISK_FULL);
  }

  /** The stream of a machine ends before its time. What is on the disk of one that comes back need not come again. */
  #cutOff(machine: number, served: Served, isBackLater: boolean): void {
    const { model, network, ledger, connections } = this.#arena;
    const { flow, keptBytes } = served;
    const arrivedBytes = this.#comeBytes(served);
    if (network.isRunning(flow)) connections.cancel(flow);
    const wholeBytes = Math.floor(arrivedBytes / model.pieceBytes) * model.pieceBytes;
    const isKept = isBackLater && !this.#startsOver && wholeBytes > keptBytes;
    const ofUseBytes = isKept ? wholeBytes : keptBytes;
    if (isKept) {
      this.#kept.set(machine, wholeBytes);
      ledger.received(SERVER, machine, wholeBytes - keptBytes);
    }
    ledger.wasted(SERVER, arrivedBytes - ofUseBytes);
    this.#served.delete(machine);
  }

  #finish(machine: number, { keptBytes }: Served): void {
    const { model, ledger, simulation } = this.#arena;
    this.#served.delete(machine);
    this.#kept.set(machine, model.wireBytes);
    ledger.received(SERVER, machine, model.wireBytes - keptBytes);
    simulation.trace.add(simulation.now, 'downloaded', machine);
    this.#arena.downloaded(machine);
    this.#serve();
  }
}
