/** The part of WebAssembly that we use (W3C WebAssembly JavaScript Interface); the types of Node have none of it. */
declare namespace WebAssembly {
  class Memory {
    /** Sizes in pages of 64 KiB. */
    constructor(size: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
  }
}
