import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { helperAnswer, storedLogin, type Credentials } from '../../domain/registry/docker-config';
import { ShiplockError, messageOf } from '../../errors';
import { errorField } from '../error-field';
import type { Host } from '../host';
import { localHost } from '../local-host';

/** Where docker has its logins: its folder, and the machine on which its helpers run. */
export interface DockerHome {
  readonly folder: string;
  readonly host: Pick<Host, 'exec'>;
}

/** That of this process: `$DOCKER_CONFIG`, else `~/.docker`. */
function ownHome(): DockerHome {
  const folder = process.env['DOCKER_CONFIG'] ?? '';
  return { folder: folder === '' ? join(homedir(), '.docker') : folder, host: localHost() };
}

/** The login for a registry that `docker login` left on this machine, asked of docker's credential helpers where it names one; null when there is none. */
export async function dockerCredentials(
  registry: string,
  { folder, host }: DockerHome = ownHome(),
): Promise<Credentials | null> {
  const path = join(folder, 'config.json');
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorField(thrown, 'code'))) return null;
    throw unreadable(path, messageOf(thrown), thrown);
  });
  if (text === null) return null;
  const login = storedLogin(text, registry);
  if (login === null) throw unreadable(path, 'it is no docker configuration', undefined);
  if (login.in === 'helper') return askHelper(host, login.helper, login.server);
  return login.in === 'file' ? login.credentials : null;
}

/** https://github.com/docker/docker-credential-helpers#development */
async function askHelper(
  host: DockerHome['host'],
  helper: string,
  server: string,
): Promise<Credentials | null> {
  const program = `docker-credential-${helper}`;
  const refused = (why: string, cause?: unknown): ShiplockError =>
    new ShiplockError(`${program} gave no login for ${server}: ${why}`, {
      hint: `Try it: echo ${server} | ${program} get. Or give registry-username and registry-password.`,
      fault: 'user',
      verdict: 'refused',
      cause,
    });
  const { code, stdout, stderr } = await host
    .exec([program, 'get'], { stdin: server, timeoutMs: 30_000 })
    .catch((thrown: unknown) => {
      throw refused(messageOf(thrown), thrown);
    });
  const found = code === 0 ? helperAnswer(stdout) : null;
  if (found !== null) return found;
  if (/credentials not found/i.test(stdout + stderr)) return null;
  // What a helper prints may hold a secret.
  throw refused(`exit code ${code}`);
}

function unreadable(path: string, why: string, cause: unknown): ShiplockError {
  return new ShiplockError(`${path} cannot be read: ${why}`, {
    hint: 'Mend it, or point DOCKER_CONFIG to another folder, or give registry-username and registry-password.',
    fault: 'user',
    verdict: 'refused',
    cause,
  });
}
