import { RunFailure } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';

/** Says in which file a fault is. */
export function within<Read>(file: string, read: () => Read): Read {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ProtocolError) throw new ProtocolError(`${file}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** A fault in what is imported ends the import: a RunFailure (`BAD_SOURCE`). Other errors are left as they are. */
export function asRunFailure(source: string, cause: unknown): unknown {
  if (!(cause instanceof ProtocolError)) return cause;
  return new RunFailure('BAD_SOURCE', `${source} cannot be imported: ${cause.message}`, { cause });
}
