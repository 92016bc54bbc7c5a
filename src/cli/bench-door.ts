/** The bench, brought in when a command needs it: `--help` is answered at once. */
export async function openBench() {
  return await import('../bench/index.ts');
}

export type Bench = Awaited<ReturnType<typeof openBench>>;
