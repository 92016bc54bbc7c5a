import type { Simulation } from '../../../../src/sim/kernel/simulation.ts';

/** What two hosts send each other: anything, with its length on the cable. */
export interface Parcel<Content> {
  readonly content: Content;
  readonly bytes: number;
}

/** What a network of virtual hosts is like. */
export interface NetworkConditions {
  /** One-way delay of a cable [s]. */
  readonly delayS: number;
  /** Mean time from the arrival of something until the program looks at it [s]. */
  readonly wakeS: number;
  /** Bytes of one connection that wait in the sender's own port at most (TCP small queues). */
  readonly portBytes: number;
  /** Bytes of one connection that are on their way, not yet acknowledged, at most. */
  readonly windowBytes: number;
  /** Bytes that the operating system takes of one connection before it says that it is full. */
  readonly socketBytes: number;
}

/** Headers of Ethernet, IPv4 and TCP with time stamps. */
const HEADER_BYTES = 66;
const SEGMENT_BYTES = 1448;

/** A port, at the rate of its cable. */
export interface Port {
  /** @param host at the other end */
  pass(bytes: number, host: number, onPassed: () => void): void;
}

/** First in, first out, whoever it is for or from. */
export class OneQueue implements Port {
  readonly #simulation: Simulation;
  readonly #rateBps: number;
  #freeAtS = 0;

  constructor(simulation: Simulation, rateBps: number) {
    this.#simulation = simulation;
    this.#rateBps = rateBps;
  }

  pass(bytes: number, _host: number, onPassed: () => void): void {
    const now = this.#simulation.now;
    this.#freeAtS = Math.max(this.#freeAtS, now) + bytes / this.#rateBps;
    this.#simulation.after(this.#freeAtS - now, onPassed);
  }
}

interface Waiting {
  readonly bytes: number;
  readonly onPassed: () => void;
}

/** A queue for each host, which take turns, as Linux queues by flow. */
export class FairQueues implements Port {
  readonly #simulation: Simulation;
  readonly #rateBps: number;
  /** The host whose turn is next is in front. */
  readonly #queues = new Map<number, Waiting[]>();
  #isBusy = false;

  constructor(simulation: Simulation, rateBps: number) {
    this.#simulation = simulation;
    this.#rateBps = rateBps;
  }

  pass(bytes: number, host: number, onPassed: () => void): void {
    const queue = this.#queues.get(host);
    if (queue) queue.push({ bytes, onPassed });
    else this.#queues.set(host, [{ bytes, onPassed }]);
    if (!this.#isBusy) this.#passNext();
  }

  #passNext(): void {
    const [next] = this.#queues;
    this.#isBusy = next !== undefined;
    if (!next) return;
    const [host, queue] = next;
    const { bytes, onPassed } = queue.shift()!;
    this.#queues.delete(host);
    if (queue.length > 0) this.#queues.set(host, queue);
    this.#simulation.after(bytes / this.#rateBps, () => {
      onPassed();
      this.#passNext();
    });
  }
}

/** A host and its ports. */
export interface Host {
  readonly number: number;
  readonly up: Port;
  readonly down: Port;
}

/** One direction of a connection, as the operating systems of both hosts carry it. */
export class Connection<Content> {
  readonly #simulation: Simulation;
  readonly #conditions: NetworkConditions;
  readonly #from: Host;
  readonly #to: Host;
  readonly #arrived: (content: Content) => void;
  readonly #taken: (content: Content) => void;
  /** What the program has written and the operating system has not taken yet; what that has taken and not sent yet. */
  readonly #written: Parcel<Content>[] = [];
  readonly #unsent: Parcel<Content>[] = [];
  #unsentBytes = 0;
  #portBytes = 0;
  #underWayBytes = 0;

  constructor(
    network: { readonly simulation: Simulation; readonly conditions: NetworkConditions },
    ends: { readonly from: Host; readonly to: Host },
    hears: { arrived(content: Content): void; taken(content: Content): void },
  ) {
    this.#simulation = network.simulation;
    this.#conditions = network.conditions;
    this.#from = ends.from;
    this.#to = ends.to;
    this.#arrived = hears.arrived;
    this.#taken = hears.taken;
  }

  write(parcel: Parcel<Content>): void {
    this.#written.push(parcel);
    this.#pump();
  }

  #pump(): void {
    while (this.#written.length > 0 && this.#unsentBytes < this.#conditions.socketBytes) {
      const parcel = this.#written.shift()!;
      this.#unsent.push(parcel);
      this.#unsentBytes += parcel.bytes;
      this.#simulation.after(0, () => this.#taken(parcel.content));
    }
    while (
      this.#unsent.length > 0 &&
      this.#portBytes < this.#conditions.portBytes &&
      this.#underWayBytes < this.#conditions.windowBytes
    )
      this.#send(this.#unsent.shift()!);
  }

  #send({ content, bytes }: Parcel<Content>): void {
    this.#unsentBytes -= bytes;
    this.#portBytes += bytes;
    this.#underWayBytes += bytes;
    const framed = bytes + HEADER_BYTES * Math.ceil(bytes / SEGMENT_BYTES) * (bytes > SEGMENT_BYTES ? 0 : 1);
    const [from, to] = [this.#from, this.#to];
    from.up.pass(framed, to.number, () => {
      this.#portBytes -= bytes;
      this.#pump();
      this.#after(() => to.down.pass(framed, from.number, () => this.#receive(content, bytes)));
    });
  }

  #receive(content: Content, bytes: number): void {
    this.#arrived(content);
    const [from, to] = [this.#from, this.#to];
    to.up.pass(HEADER_BYTES, from.number, () =>
      this.#after(() =>
        from.down.pass(HEADER_BYTES, to.number, () => {
          this.#underWayBytes -= bytes;
          this.#pump();
        }),
      ),
    );
  }

  #after(action: () => void): void {
    this.#simulation.after(this.#conditions.delayS, action);
  }
}
