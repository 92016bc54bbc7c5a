import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';

/** What is started by Node. */
export const AGENT_ENTRY = 'agent.mjs';
/** The key that images have to be signed with. */
export const KEY_FILE = 'signing.pub.pem';
/** SystemRescue has no Node. */
export const PACKED_NODE = 'node.zst';

export interface AgentFileWishes {
  /** The program, for Linux on x86-64; what it needs beside libc and libstdc++ has to be in it. */
  readonly node: Uint8Array;
  /** The agent, `agent.mjs`, and what it starts beside itself. */
  readonly agentFiles: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** PEM. */
  readonly publicKey: string;
}

/** @returns what a machine in SystemRescue fetches, by name; made once, since to compress Node takes seconds */
export async function systemRescueAgentFiles(
  { node, agentFiles, publicKey }: AgentFileWishes,
  level = 9,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const packed = await promisify(zstdCompress)(node, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
  return new Map<string, Uint8Array>([
    [PACKED_NODE, packed],
    [KEY_FILE, Buffer.from(publicKey)],
    ...agentFiles.map(({ name, bytes }) => [name, bytes] as const),
  ]);
}
