/** Cuts a stream into pieces of equal length; the last one may be short. */
export async function* inPieces(
  stream: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<{ readonly piece: number; readonly bytes: Uint8Array }> {
  let piece = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (heldBytes + rest.length >= pieceBytes) {
      const cut = pieceBytes - heldBytes;
      yield { piece, bytes: Buffer.concat([...held, rest.subarray(0, cut)]) };
      piece += 1;
      held = [];
      heldBytes = 0;
      rest = rest.subarray(cut);
    }
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
  }
  if (heldBytes > 0) yield { piece, bytes: Buffer.concat(held) };
}
