import { spawn } from 'node:child_process';

/** Starts one program after the other for as long as it lives: `sleep`, for as long as its first message says. */
process.once('message', (seconds) => {
  const shell = spawn('sh', ['-c', `while :; do sleep ${seconds} & sleep 0.001; done`], { stdio: 'ignore' });
  shell.once('spawn', () => process.send?.('started'));
});
