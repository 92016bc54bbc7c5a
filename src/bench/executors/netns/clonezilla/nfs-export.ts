import { SAVED_FOLDER } from './saved-disk.ts';

/** Where a server of the lab shows the folder of a saved disk by NFS. */
export function nfsUrl(host: string): string {
  return `nfs://${host}/${SAVED_FOLDER}`;
}

/**
 * A file of such a folder, or the folder itself, as the programs of libnfs take it. Version 4 has one port, which is
 * known; version 3 asks an rpcbind for its ports.
 */
export function nfsUrlOf(folder: string, file?: string): string {
  return `${file === undefined ? folder : `${folder}/${file}`}?version=4`;
}

/** What a server of NFS has to do. */
export interface NfsExport {
  /** Address to listen on. */
  readonly host: string;
  /** What it shows, read only. */
  readonly folder: string;
  /** Where it keeps what it has to remember of its clients. */
  readonly workFolder: string;
}

/**
 * The configuration of nfs-ganesha 4: NFS version 4 over TCP and nothing else, so that no rpcbind is needed.
 * Machines are root on their side and may read what is root's here. Without `Graceless` nobody could open a file in the
 * first 90 s, in which clients of an earlier life of the server would claim theirs (RFC 7530, 9.6.2).
 */
export function ganeshaConfiguration({ host, folder, workFolder }: NfsExport): string {
  return `NFS_CORE_PARAM {
  Bind_addr = ${host};
  Protocols = 4;
  Enable_UDP = false;
  Enable_NLM = false;
  Enable_RQUOTA = false;
}
NFSv4 {
  Graceless = true;
  RecoveryRoot = "${workFolder}/clients";
}
NFS_KRB5 {
  Active_krb5 = false;
  CCacheDir = "${workFolder}/tickets";
}
EXPORT {
  Export_Id = 1;
  Path = "${folder}";
  Pseudo = "/${SAVED_FOLDER}";
  Protocols = 4;
  SecType = sys;
  Access_Type = RO;
  Squash = No_Root_Squash;
  FSAL { Name = VFS; }
}
`;
}

/** A line of nfs-ls: mode, links, user, group, bytes, name. */
const LISTED = /^-\S+ +\d+ +\d+ +\d+ +(\d+) (.+)$/gm;

/** Bytes of the files in a folder by name, of the text of `nfs-ls`. */
export function sizesInListing(listing: string): ReadonlyMap<string, number> {
  return new Map([...listing.matchAll(LISTED)].map(([, bytes, name]) => [name!, Number(bytes)]));
}
