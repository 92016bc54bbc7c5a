import type { BodyFault } from './json-body-reader.ts';

/** Why a request was refused; `mistake` is one in what it asks for, `failed` is ours. */
export type RefusalReason =
  | BodyFault
  | 'wrongToken'
  | 'unknownAddress'
  | 'wrongMethod'
  | 'mistake'
  | 'failed';

/** How many requests there were since the server started, and how many of them were refused for which reason. */
export class RequestCounts {
  readonly #since = new Date().toISOString();
  #requests = 0;
  readonly #refused = new Map<RefusalReason, number>();

  requestCame(): void {
    this.#requests += 1;
  }

  requestRefused(reason: RefusalReason): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }

  /** Reasons that never came up are left out. */
  get figures(): RequestFigures {
    return { since: this.#since, requests: this.#requests, refused: Object.fromEntries(this.#refused) };
  }
}

export interface RequestFigures {
  /** RFC 3339, UTC. */
  readonly since: string;
  readonly requests: number;
  readonly refused: Readonly<Record<string, number>>;
}
