import {
  mountersOf,
  mountingScript,
  noDockerExit,
  parseMounting,
} from '../../commands/backup/mounting';
import {
  standstillScript,
  unfinishedFile,
  unfinishedScript,
  type Standstill,
} from '../../commands/backup/standstill';
import { firstWords } from '../../commands/backup/stage';
import { script } from '../../commands/shell';
import type { Stage } from '../../domain/records/backup';
import { messageOf, ShiplockError } from '../../errors';
import { writeOwn } from './app-folder';
import type { Database } from './database';
import { runStage } from './run-stage';

/** A container that a restore has to stop. */
export interface User {
  readonly id: string;
  readonly name: string;
}

/** Every container that sees one of the paths of the host. A host without Docker has none; throws where it cannot be told. */
export async function usersOf(
  { host, docker }: Pick<Database, 'host' | 'docker'>,
  paths: readonly string[],
): Promise<readonly User[]> {
  const listed = await host.exec(script(mountingScript, docker));
  if (listed.code === noDockerExit) return [];
  if (listed.code === 0) return mountersOf(parseMounting(listed.stdout), paths);
  const says = firstWords(listed.stderr);
  throw new ShiplockError(
    `${host.name}: which containers use ${paths.join(', ')} is not known: ${says}`,
    {
      hint: 'Nothing was changed: data must not change places under a container that has it open. Is Docker up, and may this user use it?',
      fault: 'remote',
    },
  );
}

/**
 * Stops the containers, has the data change places, and starts them again: by a script on the host that comes to its end without us. The
 * file stays in the folder of the backup when the host itself dies on the way.
 */
export async function standStill(
  { host, docker }: Pick<Database, 'host' | 'docker'>,
  folder: string,
  { users, ...change }: Pick<Standstill, 'steps' | 'clear'> & { readonly users: readonly User[] },
  tell: (text: string) => void,
): Promise<Stage> {
  const names = users.map(({ name }) => name).join(', ');
  const file = `${folder}/${unfinishedFile}`;
  const containers = users.map(({ id }) => id);
  await writeOwn(host, file, standstillScript({ docker, containers, ...change }));
  if (names !== '') tell(`Stopping ${names}, which use${users.length === 1 ? 's' : ''} it`);
  try {
    const { stage } = await finish(host, file);
    if (names !== '') tell(`Started ${names} again`);
    return stage;
  } catch (thrown) {
    if ((await host.exec(['test', '-e', file])).code !== 0) throw thrown;
    throw new ShiplockError(messageOf(thrown), {
      hint: `${names === '' ? 'It is not at its end' : `${names} may stand still`}. On the server: sh ${file}. Or run actions/backup again, which does that first.`,
      cause: thrown,
      fault: 'remote',
    });
  }
}

/** Runs such a file, for the first time or to its end. */
export function finish(
  host: Database['host'],
  file: string,
): Promise<{ readonly stage: Stage; readonly stdout: string }> {
  const folder = file.slice(0, file.lastIndexOf('/'));
  return runStage(host, { name: 'change places', folder, argv: ['sh', file] });
}

/** Files that restores have left which were cut off, or are at work at this moment. */
export async function unfinishedRestores(
  host: Database['host'],
  base: string,
): Promise<readonly string[]> {
  const { stdout } = await host.exec(script(unfinishedScript, [base]));
  return stdout.split('\n').filter((line) => line !== '');
}
