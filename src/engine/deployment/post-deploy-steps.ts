import { z } from 'zod';

/** RFC 1123, 2.1, one label: what Linux and Windows both take. */
const HOST_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const TEMPLATE = /^([a-z0-9-]|\{name\}|\{id\}|\{number(:[1-9])?\})+$/i;

const script = z.strictObject({
  name: z
    .string()
    .regex(/^[\w .-]{1,64}$/)
    .describe('for the log'),
  text: z
    .string()
    .min(1)
    .max(2 ** 16)
    .describe('run by `sh`'),
  timeoutS: z.int().min(1).max(3600).default(300).describe('then it is ended, and the machine has failed'),
});

/** What is done to the disk of each machine once it holds the image, as an operator asks for it. */
export const postDeploySteps = z.strictObject({
  growLastPartition: z
    .boolean()
    .default(false)
    .describe('the last partition and its file system reach to the end of the disk'),
  hostName: z
    .string()
    .max(128)
    .regex(TEMPLATE, 'allowed are letters, digits, `-`, {name}, {id}, {number} and {number:DIGITS}')
    .nullable()
    .default(null)
    .describe(
      "such as pc-{number:2}; {name} is the machine's name, {number} its place among the machines of the deployment in the order of their MACs, {id} the MAC or UUID without separators",
    ),
  scripts: z.array(script).max(16).default([]).describe('run one after the other on the machine, as root'),
  efiBootEntry: z
    .boolean()
    .default(false)
    .describe('UEFI machines get a boot entry for their disk, right behind the one they booted by'),
});
export type PostDeploySteps = Readonly<z.output<typeof postDeploySteps>>;

/** The same as one machine is told of it: its host name is made. Steps that an agent does not know are no steps. */
export const machineSteps = postDeploySteps.extend({ hostName: z.string().regex(HOST_NAME).nullable() });
export type MachineSteps = Readonly<z.output<typeof machineSteps>>;
export type PostDeployScript = MachineSteps['scripts'][number];

export function isHostName(name: string): boolean {
  return HOST_NAME.test(name);
}
