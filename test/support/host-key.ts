import { createHash } from 'node:crypto';

/** One host key of a server, in both forms in which it can be pinned. */
export interface HostKey {
  readonly type: string;
  readonly knownHostsLine: string;
  /** As `ssh-keygen -l` prints it: `SHA256:…`. */
  readonly fingerprint: string;
}

/** From the text of /etc/ssh/ssh_host_*_key.pub to keys pinned for an address; a port other than 22 goes into the known_hosts name. */
export function parseHostKeys(publicKeys: string, host: string, port: number): HostKey[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return publicKeys
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [type = '', key = ''] = line.split(' ');
      const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
      return {
        type,
        knownHostsLine: `${name} ${type} ${key}`,
        fingerprint: `SHA256:${digest.replace(/=+$/, '')}`,
      };
    });
}
