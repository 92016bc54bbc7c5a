import { ConfigError } from '../../failure.ts';
import {
  CALIBRATED,
  type Calibration,
  type CellPlace,
  calibrate,
  isWithin,
  type MeasuredCell,
  simulate,
} from '../../sim/index.ts';
import { modelOf } from '../executors/sim/model.ts';
import { simExecutor } from '../executors/sim/sim-executor.ts';
import { type LoadedScenario, loadScenario } from '../scenario/scenario-loader.ts';
import type { Scenario } from '../scenario/schema.ts';

/** Numbers of machines to extrapolate to where none are asked for. */
const MACHINES = [2, 3, 5, 10, 20, 50, 100];

/** What is wanted of a calibration. */
export interface CalibrationRequest {
  readonly file: string;
  /** Largest error of a cell, as a share. */
  readonly tolerance: number;
  readonly machines?: readonly number[];
}

/** A cell simulated with the scenario's own settings. */
export interface SimulatedCell {
  /** Until the last machine was done [s], or null. */
  readonly makespanS: number | null;
  /** Why there is no time, or null. */
  readonly reason: string | null;
}

/** How the scenario's own settings do. */
export interface OwnSettings {
  /** In the order of the cells. */
  readonly simulated: readonly SimulatedCell[];
  /** What the worst cell is off by; null where none could be simulated. */
  readonly error: number | null;
  /** Whether that is no more than was asked for. */
  readonly isWithin: boolean;
}

type LoadedCell = Scenario['measured'][number];

/** A table of measured times, what could be behind it, and what the scenario supposes. */
export interface CalibrationRun extends Calibration {
  readonly scenario: string;
  readonly title: string;
  /** Cells of transports that the model does not know. */
  readonly notUsed: readonly Pick<LoadedCell, 'transport' | 'machines'>[];
  readonly own: OwnSettings;
}

/**
 * Calibrates the model by the cells that a scenario file lays beside (`measured:`).
 * @throws ConfigError where the file has none that the model knows
 */
export async function calibrateScenario(request: CalibrationRequest): Promise<CalibrationRun> {
  const { file, tolerance } = request;
  const loaded = await loadScenario(file);
  const cells = cellsOf(loaded, file);
  return {
    scenario: loaded.name,
    title: loaded.title,
    ...calibrate(cells, { tolerance, beside: placesBeside(cells, request.machines) }),
    notUsed: loaded.plain.measured
      .filter((cell) => calibratedName(cell) === undefined)
      .map(({ transport, machines }) => ({ transport, machines })),
    own: ownSettings(loaded.plain, cells, tolerance),
  };
}

function cellsOf({ plain }: LoadedScenario, file: string): MeasuredCell[] {
  const cells = plain.measured.flatMap((cell): MeasuredCell[] => {
    const transport = calibratedName(cell);
    return transport === undefined ? [] : [{ transport, machines: cell.machines, makespanS: cell.makespan }];
  });
  if (cells.length > 0) return cells;
  throw new ConfigError(
    'measured',
    `${file} has no measured cells of ${CALIBRATED.join(', ')}; a cell reads \`{ transport: p2p, machines: 20, makespan: 73 min, citation: where it is from }\``,
  );
}

function calibratedName({ transport }: LoadedCell): MeasuredCell['transport'] | undefined {
  return CALIBRATED.find((name) => name === transport);
}

/** Each transport with the numbers that are asked for, or else with those that were not measured of it. */
function placesBeside(cells: readonly MeasuredCell[], asked: readonly number[] | undefined): CellPlace[] {
  return [...Map.groupBy(cells, ({ transport }) => transport)].flatMap(([transport, own]) => {
    const isMeasured = (count: number) => own.some(({ machines }) => machines === count);
    const counts = asked ?? MACHINES.filter((count) => !isMeasured(count));
    return counts.map((machines) => ({ transport, machines }));
  });
}

function ownSettings(scenario: Scenario, cells: readonly MeasuredCell[], tolerance: number): OwnSettings {
  const simulated = cells.map((cell) => simulatedCell(scenario, cell));
  const errors = cells.flatMap(({ makespanS }, place) => {
    const ownS = simulated[place]!.makespanS;
    return ownS === null ? [] : [Math.abs(ownS - makespanS) / makespanS];
  });
  const error = errors.length === 0 ? null : Math.max(...errors);
  return { simulated, error, isWithin: error !== null && isWithin(error, tolerance) };
}

function simulatedCell(scenario: Scenario, { transport, machines }: MeasuredCell): SimulatedCell {
  if (scenario.transports[transport] === undefined)
    return withoutTime(`the scenario has no \`transports.${transport}\``);
  const [unknown] = simExecutor().unsupported(scenario, transport);
  if (unknown !== undefined) return withoutTime(unknown);
  const { machines: fleet } = simulate(modelOf(scenario, transport, machines), scenario.seeds[0]!);
  const times = fleet.flatMap(({ doneS }) => (doneS === null ? [] : [doneS]));
  return times.length < fleet.length
    ? withoutTime(`${fleet.length - times.length} of ${fleet.length} machines did not finish`)
    : { makespanS: Math.max(...times), reason: null };
}

function withoutTime(reason: string): SimulatedCell {
  return { makespanS: null, reason };
}
