import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from optimising WebAssembly, of which an agent has the parser of Node's `fetch`, for parts of the image that come
 * by HTTP: one function of it takes a processor 40 to 120 ms, in the first seconds of a download. With 20 machines on two
 * cores that was 3 to 6 % of all processor time, by perf.
 */
export function leaveWebAssemblyPlain(): void {
  setFlagsFromString('--wasm-tiering-budget=2000000000');
}
