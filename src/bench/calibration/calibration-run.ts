import { ConfigError } from '../../failure.ts';
import {
  CALIBRATED,
  type Calibration,
  calibrate,
  errorWith,
  type MeasuredCell,
  simulate,
  type Unknown,
} from '../../sim/index.ts';
import { modelOf } from '../executors/sim/model.ts';
import { simExecutor } from '../executors/sim/sim-executor.ts';
import { type LoadedScenario, loadScenario } from '../scenario/scenario-loader.ts';
import type { Scenario } from '../scenario/schema.ts';
import { wireSize } from '../scenario/wire-size.ts';

/** Numbers of machines to extrapolate to where none are asked for. */
const MACHINES = [2, 3, 5, 10, 20, 50, 100];

/** What is wanted of a calibration. */
export interface CalibrationRequest {
  readonly file: string;
  /** Largest error of a cell, as a share. */
  readonly tolerance: number;
  readonly machines?: readonly number[];
}

/** How the scenario's own settings do. */
export interface OwnSettings {
  /** What they say of the unknowns [s]. */
  readonly unknowns: Readonly<Partial<Record<Unknown, number>>>;
  /** What the worst cell is off by with them, where only the loss of the swarm is free, and by which explanation. */
  readonly error: number;
  readonly explanation: string;
  /** Simulated time of each cell [s], in the order of the cells. */
  readonly simulatedS: readonly (number | null)[];
}

/** A table of measured times, what could be behind it, and what the scenario supposes. */
export interface CalibrationRun extends Calibration {
  readonly scenario: string;
  readonly title: string;
  readonly own: OwnSettings;
}

/**
 * Calibrates the model by the cells that a scenario file lays beside (`measured:`).
 * @throws ConfigError where the file has none that the model knows
 */
export async function calibrateScenario(request: CalibrationRequest): Promise<CalibrationRun> {
  const loaded = await loadScenario(request.file);
  const cells = cellsOf(loaded, request.file);
  const measured = cells.map(({ machines }) => machines);
  const machines = request.machines ?? MACHINES.filter((count) => !measured.includes(count));
  return {
    scenario: loaded.name,
    title: loaded.title,
    ...calibrate(cells, { tolerance: request.tolerance, machines }),
    own: ownSettings(loaded.plain, cells),
  };
}

function cellsOf({ plain }: LoadedScenario, file: string): MeasuredCell[] {
  const cells = plain.measured.flatMap(({ transport, machines, makespan }): MeasuredCell[] => {
    const known = CALIBRATED.find((name) => name === transport);
    return known === undefined ? [] : [{ transport: known, machines, makespanS: makespan }];
  });
  if (cells.length > 0) return cells;
  throw new ConfigError(
    'measured',
    `${file} has no measured cells of ${CALIBRATED.join(', ')}; a cell reads \`{ transport: p2p, machines: 20, makespan: 73 min }\``,
  );
}

function ownSettings(scenario: Scenario, cells: readonly MeasuredCell[]): OwnSettings {
  const unknowns = ownUnknowns(scenario, cells);
  return {
    unknowns,
    ...errorWith(cells, unknowns),
    simulatedS: cells.map((cell) => simulatedTime(scenario, cell)),
  };
}

function ownUnknowns(
  scenario: Scenario,
  cells: readonly MeasuredCell[],
): Readonly<Partial<Record<Unknown, number>>> {
  const { image, network, phases, disk, transports } = scenario;
  const size = wireSize(image);
  const connection = size / network.connectionCap;
  const fixed = Object.values(phases).reduce((sum, lastsS) => sum + lastsS, 0);
  const used = CALIBRATED.filter((name) => cells.some(({ transport }) => transport === name));
  return {
    copy: size / network.server.up,
    ...(used.includes('unicast') && { unicastConnection: connection }),
    ...(used.includes('p2p') && { p2pConnection: connection }),
    ...Object.fromEntries(
      used.map((name) => {
        const isSerial = transports[name]?.diskWrite === 'serial';
        return [`fixed ${name}`, fixed + (isSerial ? size / disk.write : 0)];
      }),
    ),
  };
}

/** Of the last machine; null where the scenario does not have the transport, or settings that the simulator cannot honour. */
function simulatedTime(scenario: Scenario, { transport, machines }: MeasuredCell): number | null {
  if (scenario.transports[transport] === undefined) return null;
  if (simExecutor().unsupported(scenario, transport).length > 0) return null;
  const { machines: fleet } = simulate(modelOf(scenario, transport, machines), scenario.seeds[0]!);
  return fleet.reduce<number | null>(
    (last, { doneS }) => (last === null || doneS === null ? null : Math.max(last, doneS)),
    0,
  );
}
