import { createHash } from 'node:crypto';
import { AGENT_ENVIRONMENT_WORDS } from '../../agent/agent-environment.ts';
import { AGENT_ENTRY, KEY_FILE, PACKED_NODE } from './agent-files.ts';
import { agentFilePath } from './systemrescue-path.ts';

/** Becomes an argument of the agent, as in our own boot image: `swarmboot.NAME=VALUE`. */
const AGENT_WORD = /^swarmboot\.([a-z][a-z-]*)=(.*)$/;

export interface AutorunWishes {
  readonly httpUrl: string;
  /** Words for the kernel's command line that are this machine's own. */
  readonly words: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * The script that SystemRescue starts: it fetches the agent with its own Node into memory, holds every file against its
 * SHA-256, runs it, and restarts the machine.
 */
export function autorunScript({ httpUrl, words, files }: AutorunWishes): string {
  const sums = [...files].map(
    ([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}`,
  );
  const given = words.flatMap((word) => {
    const [, name, value] = AGENT_WORD.exec(word) ?? [];
    return name === undefined ? [] : [`--${name}`, value!];
  });
  const call = ['agent', '--server', httpUrl, '--key', KEY_FILE, ...given].map(quoted).join(' ');
  return `#!/bin/sh
# Fetches the agent of Swarmboot, runs it, and restarts the machine.
set -u

say() { echo "swarmboot: $*"; }

run_agent() {
  cd "$(mktemp -d)" || return 1
  for file in ${[...files.keys()].join(' ')}; do
    curl --fail --silent --show-error --retry 10 --retry-connrefused --output "$file" \\
      ${quoted(httpUrl + agentFilePath(''))}"$file" || return 1
  done
  sha256sum --check --quiet <<'END' || return 1
${sums.join('\n')}
END
  zstd --decompress --quiet -o node ${PACKED_NODE} && rm ${PACKED_NODE} && chmod +x node || return 1
  say 'starting the agent'
  ${AGENT_ENVIRONMENT_WORDS} ./node ${AGENT_ENTRY} ${call}
}

if (run_agent); then
  say 'done: the machine restarts'
  sync
  systemctl reboot
  exit 0
fi
say 'the agent failed: the machine restarts in a minute; Ctrl-C keeps it'
sleep 60
systemctl reboot
exit 1
`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
