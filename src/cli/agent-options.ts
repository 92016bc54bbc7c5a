import { ConfigError } from '../failure.ts';

/** Reads `http://host:port`. */
export function serverAddressOf(text: string): string {
  if (URL.canParse(text) && /^https?:\/\//.test(text)) return text.replace(/\/+$/, '');
  throw new ConfigError('--server', `found \`${text}\`; allowed is an address such as http://10.0.0.1:8080`);
}

/** Reads `host` or `host:port`; TFTP has port 69. */
export function tftpSourceOf(text: string): { host: string; port: number } {
  const [, host, port = '69'] = /^([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65_536) return { host, port: Number(port) };
  throw new ConfigError('--tftp', `found \`${text}\`; allowed is \`host\` or \`host:port\``);
}

/** Reads a whole number of MiB. @returns bytes */
export function memoryOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text) * 2 ** 20;
  throw new ConfigError('--memory', `found \`${text}\`; allowed is a whole number of MiB, such as 1024`);
}
