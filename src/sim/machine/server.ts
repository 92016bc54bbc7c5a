import type { Transport } from '../transport/transport.ts';

/** The server, which may be killed and started again: whoever wants to begin a download meanwhile waits for it. */
export class Server {
  readonly #transport: Transport;
  /** Outages may overlap: it runs when none is left. */
  #outages = 0;
  #waiting: (() => void)[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  stop(): void {
    this.#outages++;
    if (this.#outages === 1) this.#transport.serverStopped?.();
  }

  start(): void {
    this.#outages--;
    if (this.#outages > 0) return;
    this.#transport.serverStarted?.();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const action of waiting) action();
  }

  /** Does something that takes the server: at once, or when it runs again. */
  whenUp(action: () => void): void {
    if (this.#outages === 0) action();
    else this.#waiting.push(action);
  }
}
