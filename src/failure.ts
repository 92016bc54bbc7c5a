/** Where in a file a mistake stands; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The person's mistake: it names what was found, what is allowed and where. The command ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG';
  /** The setting at fault, such as `network.server.up` or `--machines`. */
  readonly field: string;
  /** What was found and what is allowed, without field and place. */
  readonly sentence: string;
  readonly place: Place | undefined;

  constructor(field: string, sentence: string, options: { place?: Place; cause?: unknown } = {}) {
    const at = options.place ? `${options.place.file}:${options.place.line}:${options.place.column}: ` : '';
    super(`${at}${field === '' ? '' : `${field}: `}${sentence}`, { cause: options.cause });
    this.field = field;
    this.sentence = sentence;
    this.place = options.place;
  }
}

/** A run that could not be made for a reason that nobody's file is to blame for. The command ends with exit code 1. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure';
  /** Stable, for scripts: for example `DISK_FULL`. */
  readonly code: string;

  constructor(code: string, sentence: string, options: { cause?: unknown } = {}) {
    super(sentence, { cause: options.cause });
    this.code = code;
  }
}
