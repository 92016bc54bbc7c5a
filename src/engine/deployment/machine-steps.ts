import { ConfigError } from '../../failure.ts';
import { growthOf } from '../image/growth.ts';
import type { Manifest } from '../image/manifest.ts';
import { isHostName, type MachineSteps, type PostDeploySteps } from './post-deploy-steps.ts';
import type { Machine } from './stored-machines.ts';

/** Whose steps are asked for. */
export interface SteppingMachine {
  /** MAC or UUID, as it is a target of the deployment. */
  readonly machine: string;
  /** All targets of the deployment, in any order. */
  readonly machines: readonly string[];
  /** The machines that the store knows: they have the names. */
  readonly known: readonly Pick<Machine, 'mac' | 'name'>[];
}

/** NetBIOS names, which Windows makes of its computer name, have no more. */
const MOST_WINDOWS_NAME = 15;
const LINUX_ROOTS = ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs'];

/**
 * The steps as one machine is told of them, in the answer to its registration.
 * Throws a ConfigError (`steps.hostName`) where the template gives no host name for it.
 */
export function stepsOfMachine(steps: PostDeploySteps, asked: SteppingMachine): MachineSteps {
  const { hostName } = steps;
  return { ...steps, hostName: hostName === null ? null : hostNameOf(hostName, asked) };
}

function hostNameOf(template: string, { machine, machines, known }: SteppingMachine): string {
  const values: Readonly<Record<string, string | undefined>> = {
    name: known.find(({ mac }) => mac === machine)?.name ?? undefined,
    number: String([...machines].sort().indexOf(machine) + 1),
    id: machine.replace(/[^0-9a-f]/g, ''),
  };
  const name = template.replace(/\{(\w+)(?::(\d))?\}/g, (_, variable: string, digits = '0') => {
    const value = values[variable];
    if (value !== undefined) return value.padStart(Number(digits), '0');
    throw new ConfigError('steps.hostName', `${machine} has no name for \`${template}\`; give it one first`);
  });
  if (isHostName(name)) return name;
  throw new ConfigError(
    'steps.hostName',
    `\`${name}\` of ${machine} is no host name: it has up to 63 letters, digits and \`-\`, and begins and ends with a letter or digit`,
  );
}

/**
 * The same when machines join a deployment: nobody who was armed before is called otherwise from then on, since the name
 * may be on a disk already.
 */
export function assertStepsStay(
  steps: PostDeploySteps,
  manifest: Pick<Manifest, 'partitions'>,
  { machines, joining, known }: Omit<SteppingMachine, 'machine'> & { readonly joining: readonly string[] },
): void {
  const all = [...new Set([...machines, ...joining])];
  assertStepsFit(steps, manifest, { machines: all, known });
  for (const machine of machines) {
    const [before, after] = [machines, all].map(
      (asked) => stepsOfMachine(steps, { machine, machines: asked, known }).hostName,
    );
    if (before !== after)
      throw new ConfigError(
        'machines',
        `${machine} is called ${before} in this deployment, and would be ${after} with these beside it: make a deployment of their own`,
      );
  }
}

/**
 * Holds steps against the image and the machines before anything is armed: what cannot be done is said now, and not by
 * every machine after it was written. Throws a ConfigError that names the step.
 */
export function assertStepsFit(
  steps: PostDeploySteps,
  manifest: Pick<Manifest, 'partitions'>,
  { machines, known }: Omit<SteppingMachine, 'machine'>,
): void {
  const growth = growthOf(manifest);
  if (steps.growLastPartition && growth.kind === 'stays')
    throw new ConfigError('steps.growLastPartition', growth.why);
  if (steps.hostName === null) return;
  const fileSystems = manifest.partitions.map(({ fileSystem }) => fileSystem);
  const isWindows = fileSystems.includes('ntfs');
  if (!isWindows && !fileSystems.some((name) => LINUX_ROOTS.includes(name)))
    throw new ConfigError(
      'steps.hostName',
      `the image has no ${LINUX_ROOTS.join(', ')} or ntfs that a host name could be written to`,
    );
  const names = machines.map((machine) => stepsOfMachine(steps, { machine, machines, known }).hostName!);
  const twice = names.find((name, place) => names.indexOf(name) < place);
  if (twice !== undefined)
    throw new ConfigError('steps.hostName', `two machines would be called ${twice}; use {number} or {name}`);
  const long = names.find((name) => name.length > MOST_WINDOWS_NAME);
  if (isWindows && long !== undefined)
    throw new ConfigError(
      'steps.hostName',
      `${long} is too long: Windows takes ${MOST_WINDOWS_NAME} letters`,
    );
}
