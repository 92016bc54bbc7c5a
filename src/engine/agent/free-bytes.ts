/**
 * Gives back the memory of bytes that nobody looks at any more, this moment: garbage collection comes when as much again
 * has been left to it, and an image is many times what an agent may keep. All that lies in the same buffer goes with it.
 */
export function freeBytes({ buffer }: Uint8Array): void {
  (buffer as ArrayBuffer).transfer(0);
}
