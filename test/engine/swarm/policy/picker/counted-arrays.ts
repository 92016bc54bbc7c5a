import { onTestFinished, vi } from 'vitest';

/** What is done to all typed arrays that are made while this is watching. */
export interface ArrayCount {
  /** Elements read and written. */
  accesses: number;
  /** Bytes of all arrays. */
  bytes: number;
}

const ARRAYS = { Uint8Array, Uint16Array, Uint32Array };

/** From now on until the test is over, typed arrays count what is done to them. */
export function countArrays(): ArrayCount {
  const count: ArrayCount = { accesses: 0, bytes: 0 };
  for (const [name, Plain] of Object.entries(ARRAYS)) {
    // biome-ignore lint/complexity/useArrowFunction: it is called with new
    const Counted = function (length: number) {
      const array = new Plain(length);
      count.bytes += array.byteLength;
      return new Proxy(array, counting(count));
    };
    vi.stubGlobal(name, Counted);
  }
  onTestFinished(() => void vi.unstubAllGlobals());
  return count;
}

function counting(count: ArrayCount): ProxyHandler<InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]>> {
  return {
    get(array, key) {
      if (isIndex(key)) count.accesses++;
      const value: unknown = Reflect.get(array, key, array);
      return typeof value === 'function' ? bound(value as () => unknown, array) : value;
    },
    set(array, key, value) {
      if (isIndex(key)) count.accesses++;
      return Reflect.set(array, key, value, array);
    },
  };
}

/** `fill` gives back the array itself, which would count nothing any more. */
function bound(method: (...values: unknown[]) => unknown, array: object) {
  return function (this: unknown, ...values: unknown[]): unknown {
    const result: unknown = method.apply(array, values);
    return result === array ? this : result;
  };
}

function isIndex(key: string | symbol): boolean {
  return typeof key === 'string' && /^\d+$/.test(key);
}
