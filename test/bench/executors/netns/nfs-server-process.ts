import { NfsServer } from '../../../../src/bench/executors/netns/clonezilla/nfs-server.ts';

/** A server of NFS in a process of its own: `node nfs-server-process.ts <export as JSON>`. It ends with its input. */
process.stdin.resume().once('end', () => process.exit(0));
try {
  await NfsServer.start(JSON.parse(process.argv[2]!));
  process.stdout.write('ready\n');
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`);
}
