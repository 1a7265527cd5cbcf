import type { Credentials } from '../../src/domain/registry/docker-config';
import { connectRegistry } from '../../src/platform/registry/connection';
import { openRepository } from '../../src/platform/registry/repository';
import { startScriptedRegistry, type ScriptedRegistry, type Script } from './scripted/registry';

export const captain: Credentials = {
  kind: 'password',
  username: 'captain',
  password: 'canary-p4ssw0rd',
};
export const captainsBasic = `Basic ${Buffer.from('captain:canary-p4ssw0rd').toString('base64')}`;

const open: ScriptedRegistry[] = [];

/** Starts one that `closeRegistries` ends. */
export async function startRegistry(script: Script = {}): Promise<ScriptedRegistry> {
  const registry = await startScriptedRegistry(script);
  open.push(registry);
  return registry;
}

/** For `afterEach`. */
export function closeRegistries(): void {
  for (const registry of open.splice(0)) registry.close();
}

/** A repository as our client sees it; time passes at once, and is noted. */
export function repositoryOf(
  registry: Pick<ScriptedRegistry, 'name'>,
  login: Credentials | null = null,
  path = 'octo/app',
) {
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  const tools = { clock: { sleep }, signal: new AbortController().signal };
  const connection = connectRegistry(registry.name, () => Promise.resolve(login), tools);
  return { app: openRepository(connection, path), waits };
}

/** Message and hint of what is thrown. */
export const said = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing is wrong',
    (thrown: unknown) => {
      const { message, hint } = thrown as { message: string; hint?: string };
      return `${message}\n${hint ?? ''}`;
    },
  );
