import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnswerWatch, answer } from '../answer.ts';
import type { Executor } from '../executors/executor.ts';
import { castSettings } from '../executors/local/casting.ts';
import { MODEL_TRANSPORTS, type ModelledTransport } from '../executors/model-transport.ts';
import { isOneForAll } from '../executors/way-of-bytes.ts';
import { readHost } from '../record/host-reader.ts';
import { RecordStore } from '../record/record-store.ts';
import type { RunRecord, Transport } from '../record/run-record.ts';
import { type LoadedScenario, loadScenario } from '../scenario/scenario-loader.ts';
import type { Probe } from './probe.ts';
import { transportCosts } from './transport-cost.ts';

export interface ProbeRequest {
  /** Scenario whose lab is to be probed: its transports, its links, its image. */
  readonly file: string;
  readonly lab: Executor;
  readonly repeats: number;
}

const MIB = 2 ** 20;
/** What is sought does not hang on the image, or grows with it, so a part of it will do, and half of that. */
const [SHARE_OF_IMAGE, LEAST_BYTES] = [1 / 2, 48 * MIB];
/** Machines that are enough to see what talking to each other takes, and too few to keep processors busy at usual links. */
const CROWD = 4;
/** To these the server sends one by one: a crowd would show nothing but take its time. */
const ONE_BY_ONE: readonly ModelledTransport[] = ['unicast', 'clonezilla-unicast'];
const TO_A_CROWD = MODEL_TRANSPORTS.filter((transport) => !ONE_BY_ONE.includes(transport));

/**
 * Measures what the lab of a scenario takes beside the bytes on its links: one machine alone, and a few together, with
 * parts of the image. Of the few nothing counts but their processor time.
 * Rejects as `answer` does.
 */
export async function probeLab({ file, lab, repeats }: ProbeRequest, watch: AnswerWatch): Promise<Probe> {
  const { plain } = await loadScenario(file);
  const { image, network, transports } = plain;
  const part = Math.ceil((image.size * SHARE_OF_IMAGE) / MIB) * MIB;
  const rawBytes = Math.min(image.size, Math.max(part, LEAST_BYTES));
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-probe-'));
  try {
    const store = new RecordStore(folder);
    const runs = async (bytes: number): Promise<RunRecord[]> => {
      const records: RunRecord[] = [];
      for (const [machines, among] of [
        [1, MODEL_TRANSPORTS],
        [CROWD, TO_A_CROWD],
      ] as const) {
        if (!among.some((transport) => transports[transport] !== undefined)) continue;
        const scenario = await probedScenario(file, { bytes, machines, repeats });
        const question = { scenario, executors: [lab], store, isSpoiledRepeated: true };
        records.push(...(await answer({ ...question, only: { transports: among } }, watch)));
      }
      return records;
    };
    const probed = { large: await runs(rawBytes), small: await runs(Math.floor(rawBytes / 2)) };
    const { server, machine } = network;
    const linkBps = Math.min(server.up, machine.down);
    // A sender to all keeps to a rate of its own, in the model, too.
    const rateBps = (transport: Transport): number =>
      isOneForAll(transport) ? Math.min(linkBps, castSettings(plain, transport).rate) : linkBps;
    const { costs, leftOut } = transportCosts(probed, { rawBytes, rateBps });
    const versions = [...probed.large, ...probed.small].map((record) => record.versions);
    return {
      format: 'swarmboot-probe/2',
      measuredAt: new Date().toISOString(),
      host: readHost(),
      link: { upBps: server.up, downBps: machine.down },
      rawBytes,
      repeats,
      transports: Object.fromEntries(costs),
      leftOut: Object.fromEntries(leftOut),
      versions: Object.assign({}, ...versions),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What of a scenario is run at a time. */
interface Part {
  readonly bytes: number;
  readonly machines: number;
  readonly repeats: number;
}

/** The plain scenario, with so much of its image to so many machines. */
async function probedScenario(file: string, { bytes, machines, repeats }: Part): Promise<LoadedScenario> {
  const scenario = await loadScenario(file, {
    fleet: { machines: [machines] },
    image: { size: `${bytes} B`, used: `${bytes} B` },
    seeds: Array.from({ length: repeats }, (_, index) => index + 1),
    // Caps and loss are properties of the network, as its links are: the model has them all.
    network: { connectionCap: 'unlimited', loss: 0 },
    faults: [],
    plain: true,
  });
  return {
    ...scenario,
    plain: { ...scenario.plain, measured: [] },
    variants: scenario.variants.filter(({ variant }) => variant === ''),
  };
}
