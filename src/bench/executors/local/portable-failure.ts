import { ConfigError, RunFailure } from '../../../failure.ts';

/** A failure on its way from one process to another. */
export interface PortableFailure {
  readonly family: 'config' | 'run';
  readonly code: string;
  readonly field: string;
  readonly sentence: string;
}

/** What is neither the person's nor the run's failure is reported as ours, by its message. */
export function portable(error: unknown): PortableFailure {
  if (error instanceof ConfigError) {
    const { code, field, message } = error;
    return { family: 'config', code, field, sentence: message.slice(field === '' ? 0 : field.length + 2) };
  }
  if (error instanceof RunFailure) {
    return { family: 'run', code: error.code, field: '', sentence: error.message };
  }
  return { family: 'run', code: 'INTERNAL', field: '', sentence: `internal error: ${String(error)}` };
}

export function fromPortable({ family, code, field, sentence }: PortableFailure): ConfigError | RunFailure {
  return family === 'config' ? new ConfigError(field, sentence) : new RunFailure(code, sentence);
}
