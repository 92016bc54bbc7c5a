import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnswerWatch, answer } from '../answer.ts';
import type { Executor } from '../executors/executor.ts';
import { MODEL_TRANSPORTS } from '../executors/model-transport.ts';
import { readHost } from '../record/host-reader.ts';
import { RecordStore } from '../record/record-store.ts';
import { loadScenario } from '../scenario/scenario-loader.ts';
import type { Probe } from './probe.ts';
import { transportCosts } from './transport-cost.ts';

export interface ProbeRequest {
  /** Scenario whose lab is to be probed: its transports, its links, its image. */
  readonly file: string;
  readonly lab: Executor;
  readonly repeats: number;
}

const MIB = 2 ** 20;
/** What is fixed does not hang on the image, so a part of it will do. */
const [SHARE_OF_IMAGE, LEAST_BYTES] = [1 / 4, 48 * MIB];

/**
 * Measures what the lab of a scenario takes beside the bytes on its links: one machine alone, with a part of the image,
 * so that no cell of the scenario is measured.
 * Rejects as `answer` does.
 */
export async function probeLab({ file, lab, repeats }: ProbeRequest, watch: AnswerWatch): Promise<Probe> {
  const asWritten = await loadScenario(file);
  const { image } = asWritten.plain;
  const part = Math.ceil((image.size * SHARE_OF_IMAGE) / MIB) * MIB;
  const rawBytes = Math.min(image.size, Math.max(part, LEAST_BYTES));
  const scenario = await loadScenario(file, {
    fleet: { machines: [1] },
    image: { size: `${rawBytes} B`, used: `${rawBytes} B` },
    seeds: Array.from({ length: repeats }, (_, index) => index + 1),
    variants: {},
    faults: [],
    plain: true,
  });
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-probe-'));
  try {
    const question = {
      scenario: {
        ...scenario,
        plain: { ...scenario.plain, measured: [] },
        variants: plainOnly(scenario.variants),
      },
      executors: [lab],
      transports: MODEL_TRANSPORTS,
      store: new RecordStore(folder),
      isSpoiledRepeated: true,
    };
    const records = await answer(question, watch);
    const { server, machine } = scenario.plain.network;
    const linkBps = Math.min(server.up, machine.down);
    return {
      format: 'swarmboot-probe/1',
      measuredAt: new Date().toISOString(),
      host: readHost(),
      link: { upBps: server.up, downBps: machine.down },
      rawBytes,
      repeats,
      transports: Object.fromEntries(transportCosts(records, { rawBytes, linkBps })),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function plainOnly<Variant extends { readonly variant: string }>(variants: readonly Variant[]): Variant[] {
  return variants.filter(({ variant }) => variant === '');
}
