import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

/** A file of the agent as it stands in a boot image. */
export interface BundledFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Loaded by machines whose server says so, and by no others: it is nearly half of all that is bundled. */
const WEBTORRENT = 'webtorrent';
const WEBTORRENT_FILE = 'webtorrent.mjs';

/**
 * What is bundled: the agent, the thread in which it fetches by TFTP, under the name by which it starts that, and the
 * other swarm client.
 */
const ENTRIES = [
  { name: 'agent.mjs', source: new URL('agent-main.ts', import.meta.url).href },
  { name: 'tftp-worker.ts', source: new URL('../engine/tftp/tftp-worker.ts', import.meta.url).href },
  { name: WEBTORRENT_FILE, source: import.meta.resolve(WEBTORRENT) },
];

/** Binary code of its package, for a transport that peers here do not speak: webtorrent complains where it is missing. */
const EMPTY_PACKAGE = 'utp-native';
const withoutBinaryCode: Plugin = {
  name: 'without-binary-code',
  resolveId: (id) => (id === EMPTY_PACKAGE ? `\0${EMPTY_PACKAGE}` : null),
  load: (id) => (id === `\0${EMPTY_PACKAGE}` ? 'export {}' : null),
};

/** The agent with all packages that it needs, in as many files as are loaded at different times. */
export async function bundleAgent(): Promise<BundledFile[]> {
  const { rolldown } = await import('rolldown');
  return Promise.all(
    ENTRIES.map(async ({ name, source }) => {
      const bundle = await rolldown({
        input: fileURLToPath(source),
        external: [WEBTORRENT],
        plugins: [withoutBinaryCode],
        platform: 'node',
        logLevel: 'silent',
      });
      const { output } = await bundle.generate({
        format: 'esm',
        codeSplitting: false,
        paths: { [WEBTORRENT]: `./${WEBTORRENT_FILE}` },
      });
      await bundle.close();
      return { name, bytes: Buffer.from(output[0].code) };
    }),
  );
}
