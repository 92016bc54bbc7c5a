/**
 * Gives back the memory of bytes that nobody looks at any more, this moment: garbage collection comes when as much again
 * has been left to it, and an image is many times what an agent may keep. Bytes that are half of their buffer or less are
 * left alone: Node keeps many that are small in one, of which none takes half.
 */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && 2 * byteLength > buffer.byteLength) buffer.transfer(0);
}
