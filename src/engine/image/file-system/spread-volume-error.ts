import { ProtocolError } from '../../protocol-error.ts';

/** A part of the file system is on another volume, so that not even the whole of this one would do. */
export class SpreadVolumeError extends ProtocolError {}
