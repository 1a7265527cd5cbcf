import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { helperAnswer, storedLogin, type Credentials } from '../../domain/registry/docker-config';
import { ShiplockError, messageOf } from '../../errors';
import { errorField } from '../error-field';
import { localHost } from '../local-host';

/**
 * The login for a registry that `docker login` left on this machine (`$DOCKER_CONFIG/config.json`), asked of docker's credential
 * helpers where it names one; null when there is none.
 */
export async function dockerCredentials(registry: string): Promise<Credentials | null> {
  const path = join(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json');
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorField(thrown, 'code'))) return null;
    throw unreadable(path, messageOf(thrown), thrown);
  });
  if (text === null) return null;
  const login = storedLogin(text, registry);
  if (login === null) throw unreadable(path, 'it is no docker configuration', undefined);
  if (login.in === 'helper') return askHelper(login.helper, login.server);
  return login.in === 'file' ? login.credentials : null;
}

/** https://github.com/docker/docker-credential-helpers#development */
async function askHelper(helper: string, server: string): Promise<Credentials | null> {
  const program = `docker-credential-${helper}`;
  const { code, stdout, stderr } = await localHost().exec([program, 'get'], {
    stdin: server,
    timeoutMs: 30_000,
  });
  const found = code === 0 ? helperAnswer(stdout) : null;
  if (found !== null) return found;
  // What a helper prints beside its answer may hold a secret; these words are its protocol.
  if (/credentials not found/i.test(stdout + stderr)) return null;
  throw new ShiplockError(`${program} gave no login for ${server} (exit code ${code})`, {
    hint: `Try it: echo ${server} | ${program} get. Or give registry-username and registry-password.`,
    fault: 'user',
    verdict: 'refused',
  });
}

function unreadable(path: string, why: string, cause: unknown): ShiplockError {
  return new ShiplockError(`${path} cannot be read: ${why}`, {
    hint: 'Mend it, or point DOCKER_CONFIG to another folder, or give registry-username and registry-password.',
    fault: 'user',
    verdict: 'refused',
    cause,
  });
}
