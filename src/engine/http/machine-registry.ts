import { z } from 'zod';

const text = z.string().max(256);
const disk = z.object({ path: text, sizeBytes: z.number().min(0), model: text, serial: text });

const registration = z.object({
  /** MAC addresses and UUID of the machine. */
  ids: z
    .array(text.transform((id) => id.toLowerCase()))
    .min(1)
    .max(64),
  firmware: z.enum(['uefi', 'bios']),
  memoryBytes: z.number().min(0),
  disks: z.array(disk).max(256),
});

const progress = z.object({ machine: text, phase: text, share: z.number().min(0).max(1) });
const arming = z.object({ id: text.min(1) });
const naming = z.object({ machine: text });
const failure = z.object({ machine: text, code: text, message: z.string().max(4096) });

/** What a machine tells the server when it registers. */
export interface Registration {
  readonly ids: readonly string[];
  readonly firmware: 'uefi' | 'bios';
  readonly memoryBytes: number;
  readonly disks: readonly z.input<typeof disk>[];
}

/** What the server tells a machine that may be written to. */
export interface Deployment {
  /** The id under which it was armed: it calls itself so from now on. */
  readonly machine: string;
  /** Below this stand `manifest.json`, `manifest.sig`, `extents.bin`, `image.torrent` by TFTP and HTTP. */
  readonly imageFolder: string;
  /** An earlier run of its agent was not finished. */
  readonly isResumed: boolean;
}

/** An HTTP answer before it is sent. */
export interface Answer {
  readonly status: 200 | 400 | 401 | 403 | 404 | 409;
  readonly body: object;
}

/** `armed` before it has come, `finished` when it may not be written to any more. */
export type MachineState = 'armed' | 'deploying' | 'verified' | 'finished' | 'failed';

/** A machine of the deployment as it is known. */
export interface RegisteredMachine {
  readonly machine: string;
  readonly state: MachineState;
  readonly phase?: string;
  readonly share?: number;
  /** Why it failed. */
  readonly failure?: string;
}

/**
 * The machines of one deployment. Only one that an operator has armed is ever written to, and an arming is used up when
 * the machine is finished; until then it may come again and go on, as after a power cut.
 */
export class MachineRegistry {
  readonly #imageFolder: string;
  readonly #machines = new Map<string, RegisteredMachine>();
  #isReleased = false;

  /** @param imageFolder where the image's files are, by TFTP and HTTP */
  constructor(imageFolder: string) {
    this.#imageFolder = imageFolder;
  }

  get machines(): readonly RegisteredMachine[] {
    return [...this.#machines.values()];
  }

  /** @param id MAC or UUID */
  arm(id: string): void {
    const machine = id.toLowerCase();
    this.#machines.set(machine, { machine, state: 'armed' });
  }

  /** The same, asked for by an operator. */
  armAsAsked(wish: unknown): Answer {
    const read = arming.safeParse(wish);
    if (!read.success) return refusal(400, 'an arming has `id`: the MAC or UUID of a machine');
    this.arm(read.data.id);
    return answer({ machine: read.data.id.toLowerCase() });
  }

  /** No machine has to serve others any longer. */
  release(): Answer {
    this.#isReleased = true;
    return answer({ isReleased: true });
  }

  register(report: unknown): Answer {
    const read = registration.safeParse(report);
    if (!read.success) return refusal(400, 'a registration has `ids`, `firmware`, `memoryBytes` and `disks`');
    const { ids } = read.data;
    const known = ids.map((id) => this.#machines.get(id)).filter((machine) => machine !== undefined);
    const armed = known.find(({ state }) => state !== 'finished');
    if (armed) {
      this.#machines.set(armed.machine, { machine: armed.machine, state: 'deploying' });
      const isResumed = armed.state !== 'armed';
      return answer({ machine: armed.machine, imageFolder: this.#imageFolder, isResumed });
    }
    const reason = known.length > 0 ? 'was deployed already, and arming it counts once' : 'is not armed';
    return refusal(403, `${ids.join(', ')} ${reason}: it boots from its own disk`);
  }

  progress(report: unknown): Answer {
    const read = progress.safeParse(report);
    if (!read.success) return refusal(400, 'a report of progress has `machine`, `phase` and `share`');
    const { machine, phase, share } = read.data;
    return this.#change(machine, (known) => ({ ...known, phase, share }));
  }

  /** The whole image is on its disk. */
  verify(report: unknown): Answer {
    const read = naming.safeParse(report);
    if (!read.success) return refusal(400, 'a report has `machine`');
    return this.#change(read.data.machine, (known) => ({ ...known, state: 'verified' }));
  }

  /** It needs nothing more, and its arming is used up. */
  finish(report: unknown): Answer {
    const read = naming.safeParse(report);
    if (!read.success) return refusal(400, 'a report has `machine`');
    return this.#change(read.data.machine, (known) => ({ ...known, state: 'finished' }));
  }

  fail(report: unknown): Answer {
    const read = failure.safeParse(report);
    if (!read.success) return refusal(400, 'a failure has `machine`, `code` and `message`');
    const { machine, code, message } = read.data;
    return this.#change(machine, (known) => ({ ...known, state: 'failed', failure: `${code}: ${message}` }));
  }

  /** Released are all as soon as nobody is left who could want anything, or when the operator says so. */
  get isReleased(): boolean {
    return (
      this.#isReleased ||
      this.machines.every(({ state }) => state === 'verified' || state === 'finished' || state === 'failed')
    );
  }

  /** Only a machine that has registered reports anything. */
  #change(machine: string, change: (known: RegisteredMachine) => RegisteredMachine): Answer {
    const known = this.#machines.get(machine);
    if (!known || known.state === 'armed' || known.state === 'finished')
      return refusal(409, `${machine} has not registered`);
    this.#machines.set(machine, change(known));
    return answer({ machine });
  }
}

function answer(body: object): Answer {
  return { status: 200, body };
}

function refusal(status: 400 | 403 | 409, error: string): Answer {
  return { status, body: { error } };
}
