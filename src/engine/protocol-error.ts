/** The remote's mistake: it costs that peer or that packet, nothing else, and is caught in one place. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code = 'PROTOCOL';
}
