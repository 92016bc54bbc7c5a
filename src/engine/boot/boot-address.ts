import { PLATFORMS, type Platform } from './platform.ts';

/** Where boot files and scripts are served. */
export interface BootAddresses {
  /** IPv4 address of the TFTP server. */
  readonly tftpServer: string;
  /** Without a slash at its end: `http://10.0.0.1:8080`. */
  readonly httpUrl: string;
}

/** Under the HTTP address: boot files by name, scripts by platform and machine. */
const FILES = '/boot/';
const SCRIPTS = '/ipxe/';

/** Machine and platform that a script is for. */
export interface ScriptTarget {
  readonly platform: Platform;
  readonly mac: string;
}

export function bootFileUrl(httpUrl: string, name: string): string {
  return `${httpUrl}${FILES}${name}`;
}

export function scriptUrl(httpUrl: string, { platform, mac }: ScriptTarget): string {
  return `${httpUrl}${SCRIPTS}${platform}/${mac.replaceAll(':', '-')}`;
}

/** Whose script the path of a request asks for; undefined: nobody's. */
export function scriptTargetOfPath(path: string): ScriptTarget | undefined {
  const [, name, mac] = /^\/ipxe\/([a-z0-9-]+)\/([0-9a-f]{2}(?:-[0-9a-f]{2}){5})$/.exec(path) ?? [];
  const platform = PLATFORMS.find((each) => each === name);
  return platform === undefined ? undefined : { platform, mac: mac!.replaceAll('-', ':') };
}
