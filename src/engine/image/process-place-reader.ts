import { hash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import type { ProcessPlace } from './process-place.ts';

/** The PID namespace that a computer starts with has this number on all of them (kernel: PROC_PID_INIT_INO). */
const FIRST_NAMESPACE = '4026531836';
/** Characters of a digest that stand for what it is of. */
const DIGEST_CHARACTERS = 16;

let place: Promise<ProcessPlace> | undefined;

/** Where this process runs; it stays the same as long as it does. */
export function processPlace(): Promise<ProcessPlace> {
  place ??= readPlace();
  return place;
}

async function readPlace(): Promise<ProcessPlace> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  const namespace = /\d+/.exec(await readlink('/proc/self/ns/pid').catch(() => ''))?.[0] ?? '0';
  // A container has the file of its image, and so have others elsewhere (machine-id(5)).
  const isContainer = namespace !== FIRST_NAMESPACE;
  const machine = isContainer ? '' : await readFile('/etc/machine-id', 'utf8').catch(() => '');
  const isKnown = /^[0-9a-f]{32}$/.test(machine.trim());
  return { machine: isKnown ? shortDigest(machine) : null, boot: shortDigest(boot), namespace };
}

/** The id of a computer is not to be told to others as it is (machine-id(5)). */
function shortDigest(text: string): string {
  return hash('sha256', text.trim()).slice(0, DIGEST_CHARACTERS);
}
