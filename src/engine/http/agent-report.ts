import { z } from 'zod';

const count = z.number().min(0);

/** What a machine tells of its deployment when it is finished. */
export const agentReport = z.object({
  /** Start and end of each phase [s], counted from the start of its agent. */
  phases: z.record(z.string().max(64), z.tuple([count, count])),
  /** Payload bytes of the swarm, both directions. */
  uploadedBytes: count,
  downloadedBytes: count,
  /** Bytes of the payload, as it is sent and unpacked. */
  wireBytes: count,
  rawBytes: count,
  chunks: count,
  /** Chunks that were on the disk before. */
  reusedChunks: count,
  /** Chunks that did not stay as they were written, and came again. */
  refetchedChunks: count,
  /** Most memory that the agent held (resident set). */
  peakMemoryBytes: count,
});

export type AgentReport = Readonly<z.output<typeof agentReport>>;
