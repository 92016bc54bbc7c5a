import { setTimeout as delay } from 'node:timers/promises';
import { RunFailure } from '../../../failure.ts';
import { lastWords } from './last-words.ts';

const ATTEMPT_MS = 50;
const MOST_ATTEMPTS = 200;

interface Answer {
  readonly id?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  /** Of an event. */
  readonly params?: readonly [{ readonly gid: string }];
}

/** The remote control of an aria2 on this host: JSON-RPC over a WebSocket (aria2c(1), RPC INTERFACE). */
export class Aria2Remote {
  readonly #socket: WebSocket;
  readonly #calls = new Map<string, PromiseWithResolvers<unknown>>();
  readonly #downloaded = Promise.withResolvers<void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data))));
    this.#downloaded.promise.catch(() => {});
  }

  /** Tries until the program listens. */
  static async connect(port: number): Promise<Aria2Remote> {
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts++) {
      const socket = await opened(new WebSocket(`ws://127.0.0.1:${port}/jsonrpc`));
      if (socket) return new Aria2Remote(socket);
      await delay(ATTEMPT_MS);
    }
    throw new RunFailure('PROGRAM', 'aria2c does not answer');
  }

  /** Resolves when the whole torrent is there; rejects with a RunFailure where it cannot be. */
  get downloaded(): Promise<void> {
    return this.#downloaded.promise;
  }

  /** Rejects with a RunFailure (`PROGRAM`) that says what aria2 does not like. */
  call(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = String(this.#nextId++);
    const call = Promise.withResolvers<unknown>();
    this.#calls.set(id, call);
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return call.promise;
  }

  #hear({ id, result, error, method, params }: Answer): void {
    if (method === 'aria2.onBtDownloadComplete') return this.#downloaded.resolve();
    if (method === 'aria2.onDownloadError') return this.#gaveUp(params![0].gid);
    if (id === undefined) return;
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) call?.reject(new RunFailure('PROGRAM', `aria2c: ${error.message}`));
    else call?.resolve(result);
  }

  #gaveUp(gid: string): void {
    const rejectWith = (status: unknown): void => {
      const { errorMessage } = status as { readonly errorMessage: string };
      const reason = lastWords('aria2c', errorMessage);
      this.#downloaded.reject(new RunFailure('PROGRAM', `aria2c gave the download up: ${reason}`));
    };
    this.call('aria2.tellStatus', [gid, ['errorMessage']]).then(rejectWith, this.#downloaded.reject);
  }
}

function opened(socket: WebSocket): Promise<WebSocket | null> {
  const { promise, resolve } = Promise.withResolvers<WebSocket | null>();
  socket.addEventListener('open', () => resolve(socket), { once: true });
  socket.addEventListener('error', () => resolve(null), { once: true });
  return promise;
}
