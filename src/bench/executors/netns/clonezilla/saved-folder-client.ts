import { RunFailure } from '../../../../failure.ts';
import type { Command } from '../pipe-script.ts';
import { said } from '../program-answer-reader.ts';
import { nfsUrlOf, sizesInListing } from './nfs-export.ts';
import type { Fetching } from './restore-pipes.ts';

/** The folder of a saved disk, as a machine reaches it. */
export interface SavedFolder {
  readonly fetching: Fetching;
  text(file: string): Promise<string>;
  /** @returns bytes of files, in their order */
  sizesOf(files: readonly string[]): Promise<number[]>;
}

/**
 * Nothing is asked of the server yet. All that is asked later rejects with a RunFailure (`SAVED_DISK`, `PROGRAM`).
 * @param url `http://...` or `nfs://...`, without a slash at its end
 */
export function savedFolderAt(url: string): SavedFolder {
  return url.startsWith('nfs:') ? overNfs(url) : overHttp(url);
}

function overHttp(folder: string): SavedFolder {
  return {
    fetching: (file): Command => ['curl', '--silent', '--show-error', '--fail', `${folder}/${file}`],
    async text(file) {
      const url = `${folder}/${file}`;
      return (await answered(url, 'GET')).text().catch(lost(url));
    },
    sizesOf: (files) =>
      Promise.all(
        files.map(async (file) =>
          Number((await answered(`${folder}/${file}`, 'HEAD')).headers.get('content-length')),
        ),
      ),
  };
}

function overNfs(folder: string): SavedFolder {
  const fetching = (file: string): Command => ['nfs-cat', nfsUrlOf(folder, file)];
  return {
    fetching,
    text: (file) => said(fetching(file)),
    async sizesOf(files) {
      const sizes = sizesInListing(await said(['nfs-ls', nfsUrlOf(folder)]));
      return files.map((file) => {
        const bytes = sizes.get(file);
        if (bytes !== undefined) return bytes;
        throw new RunFailure('SAVED_DISK', `the server has no ${file} in ${folder}`);
      });
    },
  };
}

async function answered(url: string, method: 'GET' | 'HEAD'): Promise<Response> {
  const response = await fetch(url, { method }).catch(lost(url));
  if (response.ok) return response;
  throw new RunFailure('SAVED_DISK', `the server answers ${response.status} for ${url}`);
}

/** What fetch rejects with says in its cause alone what was wrong. */
function lost(url: string): (error: TypeError) => never {
  return (error) => {
    const { message } = error.cause instanceof Error ? error.cause : error;
    throw new RunFailure('SAVED_DISK', `the server cannot be reached for ${url}: ${message}`, {
      cause: error,
    });
  };
}
