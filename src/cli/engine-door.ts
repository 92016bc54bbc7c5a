/** The engine, brought in when a command needs it: `--help` is answered at once. */
export async function openEngine() {
  return await import('../engine/index.ts');
}
