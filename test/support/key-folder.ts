import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of keys that the real ssh-keygen made. */
export class KeyFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'shiplock-keys-'));

  /** Makes a key pair and gives the private half's text; without `-N` in the arguments it is not encrypted. */
  make(name: string, args: readonly string[]) {
    const passphrase = args.includes('-N') ? [] : ['-N', ''];
    execFileSync('ssh-keygen', ['-q', ...passphrase, '-C', 'test', ...args, '-f', this.file(name)]);
    return readFileSync(this.file(name), 'utf8');
  }

  /** The public half, as a line or in one of the formats of `ssh-keygen -m`. */
  publicKey(name: string, format?: 'PKCS8' | 'RFC4716') {
    if (format === undefined) return readFileSync(`${this.file(name)}.pub`, 'utf8').trim();
    const args = ['-e', '-m', format, '-f', `${this.file(name)}.pub`];
    return execFileSync('ssh-keygen', args, { encoding: 'utf8' });
  }

  /** `SHA256:…`, as ssh-keygen says it. */
  fingerprint(name: string) {
    const args = ['-lf', `${this.file(name)}.pub`];
    return execFileSync('ssh-keygen', args, { encoding: 'utf8' }).split(' ')[1] ?? '';
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true });
  }

  private file(name: string) {
    return join(this.path, name.replaceAll(/[^A-Za-z0-9-]+/g, '_'));
  }
}
