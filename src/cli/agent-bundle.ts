import { fileURLToPath } from 'node:url';

/** A file of the agent as it stands in a boot image. */
export interface BundledFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is bundled: the agent, and the thread in which it fetches by TFTP, under the name by which it starts that. */
const ENTRIES = [
  { name: 'agent.mjs', source: new URL('agent-main.ts', import.meta.url) },
  { name: 'tftp-worker.ts', source: new URL('../engine/tftp/tftp-worker.ts', import.meta.url) },
];

/** The agent with all packages that it needs, in as many files as it has threads. */
export async function bundleAgent(): Promise<BundledFile[]> {
  const { rolldown } = await import('rolldown');
  return Promise.all(
    ENTRIES.map(async ({ name, source }) => {
      const bundle = await rolldown({ input: fileURLToPath(source), platform: 'node', logLevel: 'silent' });
      const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
      await bundle.close();
      return { name, bytes: Buffer.from(output[0].code) };
    }),
  );
}
