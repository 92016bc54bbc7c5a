import { execFile } from 'node:child_process';

/** Runs a program to its end, and resolves with what it printed; what it complains of is in the error. */
export function run(command: string, args: readonly string[], input?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = execFile(command, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
    if (error) reject(new Error(`${command} ${args.join(' ')}: ${error.message}\n${stderr}`));
    else resolve(stdout);
  });
  child.stdin?.end(input);
  return promise;
}
