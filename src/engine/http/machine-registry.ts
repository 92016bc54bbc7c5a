/** What a machine tells the server when it registers. */
export interface Registration {
  readonly machine: string;
  readonly diskBytes: number;
}

/** What the server tells a machine that may be deployed. */
export interface Deployment {
  /** Name of the metainfo among the boot files. */
  readonly metainfoFile: string;
  readonly imageBytes: number;
}

/** An HTTP answer before it is sent. */
export interface Answer {
  readonly status: 200 | 400 | 404 | 409;
  readonly body: Deployment | { readonly machine: string } | { readonly error: string };
}

/** The machines of one deployment, as they report themselves. */
export class MachineRegistry {
  readonly #deployment: Deployment;
  readonly #registered = new Set<string>();

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  /** A disk that is smaller than the image is refused before the first write. */
  register(report: unknown): Answer {
    const { machine, diskBytes } = (report ?? {}) as Partial<Registration>;
    if (typeof machine !== 'string' || typeof diskBytes !== 'number') {
      return refusal(400, 'a registration has `machine` and `diskBytes`');
    }
    const { imageBytes } = this.#deployment;
    if (diskBytes < imageBytes) {
      return refusal(409, `its disk has ${diskBytes} bytes, the image needs ${imageBytes}`);
    }
    this.#registered.add(machine);
    return { status: 200, body: this.#deployment };
  }

  /** Only a machine that was registered can be done. */
  finish(report: unknown): Answer {
    const { machine } = (report ?? {}) as { machine?: unknown };
    if (typeof machine !== 'string') return refusal(400, 'a report has `machine`');
    if (!this.#registered.has(machine)) return refusal(409, `${machine} has not registered`);
    return { status: 200, body: { machine } };
  }
}

function refusal(status: 400 | 409, error: string): Answer {
  return { status, body: { error } };
}
