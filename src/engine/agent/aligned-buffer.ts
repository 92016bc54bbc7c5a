/** Whole sectors of every disk that is made, and a whole page of memory: what O_DIRECT asks for (open(2)). */
export const ALIGNMENT = 4096;
/** A page of WebAssembly's memory. */
const WASM_PAGE_BYTES = 65_536;

/** Memory that begins at a page of the processor: Node's own buffers do not, and WebAssembly's always does. */
export function alignedBuffer(bytes: number): Uint8Array {
  const pages = Math.ceil(bytes / WASM_PAGE_BYTES);
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
}
