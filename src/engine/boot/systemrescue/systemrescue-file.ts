import { stringify } from 'yaml';
import type { BootRegistry } from '../boot-plan.ts';
import { autorunScript } from './autorun-script.ts';
import { autorunPath, questionOf } from './systemrescue-path.ts';

/** What is served from. */
export interface SystemRescueContext {
  /** Without a slash at its end: `http://10.0.0.1:8080`. */
  readonly httpUrl: string;
  readonly registry: BootRegistry;
  /** From `systemRescueAgentFiles`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A file as it goes out by HTTP. */
export interface ServedFile {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/**
 * Answers a machine that is in SystemRescue: its configuration, the script that it names, the files that this fetches.
 * Undefined for other paths, and for machines that are not armed: there is nothing for them.
 * @param path of the request, without a query
 */
export function systemRescueFile(path: string, context: SystemRescueContext): ServedFile | undefined {
  const question = questionOf(path);
  if (question === undefined) return undefined;
  if (question.kind === 'agentFile') {
    const body = context.files.get(question.name);
    return body && { type: 'application/octet-stream', body };
  }
  const { httpUrl, registry, files } = context;
  const machine = registry.machine(question.mac);
  if (!machine?.isArmed) return undefined;
  return question.kind === 'config'
    ? { type: 'application/yaml', body: config(httpUrl, question.mac) }
    : { type: 'text/x-shellscript', body: autorunScript({ httpUrl, words: machine.arguments, files }) };
}

/** SystemRescue manual, "Configuring SystemRescue" and "Run your own scripts with autorun"; 9.05 or later. */
function config(httpUrl: string, mac: string): string {
  return stringify({
    // Other machines of the swarm come in.
    global: { nofirewall: true },
    autorun: {
      ar_attempts: 10,
      ar_nowait: true,
      exec: {
        swarmboot: {
          url: httpUrl + autorunPath(mac.replaceAll(':', '-')),
          shell: false,
          wait: 'never',
          on_error: 'break',
        },
      },
    },
  });
}
