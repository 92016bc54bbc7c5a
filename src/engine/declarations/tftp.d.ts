/** The part of tftp 0.1.2 that Swarmboot uses; the package brings no types. */
declare module 'tftp' {
  import type { Socket } from 'node:dgram';
  import type { EventEmitter } from 'node:events';
  import type { Readable, Writable } from 'node:stream';

  export interface ServerOptions {
    readonly host?: string;
    readonly port?: number;
    readonly denyPUT?: boolean;
    readonly blockSize?: number;
    readonly windowSize?: number;
    readonly retries?: number;
    /** Milliseconds until a packet is sent again. */
    readonly timeout?: number;
  }

  /** Carries the events of a transfer; its bytes go through the response. */
  export interface Request extends Readable {
    readonly file: string;
    abort(reason?: string): void;
  }

  export interface Response extends Writable {
    setSize(bytes: number): void;
  }

  export interface Server extends EventEmitter {
    port: number;
    /** Not documented, but the only way to learn which free port the system gave. */
    readonly _socket: Socket;
    listen(): void;
    close(): void;
  }

  export interface Client {
    createGetStream(name: string): Readable & { abort(reason?: string): void };
  }

  export function createServer(
    options: ServerOptions,
    listener: (request: Request, response: Response) => void,
  ): Server;
  export function createClient(options: ServerOptions): Client;
}
