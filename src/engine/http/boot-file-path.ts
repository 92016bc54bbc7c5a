/** Where boot files are on the HTTP server. */
const FOLDER = '/boot/';

/** Path of a boot file in a URL. */
export function bootFilePath(name: string): string {
  return FOLDER + name.split('/').map(encodeURIComponent).join('/');
}

/** Name of the boot file that a request asks for; undefined where it asks for something else or cannot be read. */
export function bootFileName(url: string): string | undefined {
  const path = url.split('?')[0]!;
  if (!path.startsWith(FOLDER)) return undefined;
  try {
    return decodeURIComponent(path.slice(FOLDER.length));
  } catch {
    return undefined;
  }
}
