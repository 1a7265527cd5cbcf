import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join, relative } from 'node:path';
import { errorField } from './error-field';

/** How this machine reaches registries and engines; nothing that a scanner takes settings from, and no token. */
const passed = [
  ...['LANG', 'LC_ALL', 'XDG_RUNTIME_DIR', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...[
    'DOCKER_HOST',
    'DOCKER_TLS_VERIFY',
    'DOCKER_CERT_PATH',
    'DOCKER_API_VERSION',
    'DOCKER_CONTEXT',
  ],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
];

/** The environment of every scanner. Its home is another one, so what it needs of the user's is named. @param folder the checkout, whose programs nobody starts */
export function scannerEnvironment(
  folder: string,
  own: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> {
  const home = own['HOME'] ?? '';
  const docker = own['DOCKER_CONFIG'] ?? (home === '' ? '' : join(home, '.docker'));
  const kept = passed.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: programFolders(own, folder).join(delimiter),
    ...(docker === '' ? {} : { DOCKER_CONFIG: docker }),
  };
}

function programFolders(
  own: Readonly<Record<string, string | undefined>>,
  checkout: string,
): readonly string[] {
  const folders = (own['PATH'] ?? '').split(delimiter);
  return folders.filter((one) => isAbsolute(one) && !isWithin(checkout, one));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith('..') && !isAbsolute(way);
}

/** Absolute path of a program in these folders; null = there is none, or it belongs to the checkout. */
export async function findProgram(
  name: string,
  { PATH = '' }: Readonly<Record<string, string>>,
  checkout: string,
): Promise<string | null> {
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      const real = await realpath(path);
      if (!isWithin(checkout, real)) return real;
    } catch (thrown) {
      if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorField(thrown, 'code'))) throw thrown;
    }
  }
  return null;
}
