/** What the host told of the way to its engine. */
export interface EngineLook {
  readonly uid: number;
  readonly gid: number;
  readonly endpoint: string;
  readonly socketGid: number | null;
}

/** The engine's socket on the host. */
export function engineSocket(endpoint: string): string {
  return endpoint.startsWith('unix://') ? endpoint.slice('unix://'.length) : '/var/run/docker.sock';
}

/** `uid:gid` of a keeper: the SSH user with the group of the socket, else root; in a rootless engine the user is root. */
export function keeperUser({ uid, socketGid }: EngineLook, rootless: boolean): string {
  return rootless || uid === 0 || socketGid === null ? '0:0' : `${uid}:${socketGid}`;
}

/** To whom a keeper gives its files, in the ids that it sees itself. */
export function fileOwner(
  { uid, gid }: EngineLook,
  rootless: boolean,
): { readonly uid: number; readonly gid: number } {
  return rootless ? { uid: 0, gid: 0 } : { uid, gid };
}
