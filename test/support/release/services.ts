import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Server } from '../server';
import type { Site } from './site';

type Tree = Readonly<Record<string, unknown>>;

/** Parts of a compose file to lay over the dinghy stack's own; a service that is null is taken out. */
export interface StackChanges {
  readonly services?: Readonly<Record<string, Tree | null>>;
  readonly volumes?: Tree;
  readonly networks?: Tree;
}

/** Writes the checkout's compose file: the dinghy stack with changes. */
export async function changeStack(site: Site, original: string, changes: StackChanges) {
  const stack = parse(original) as { services: Record<string, Tree>; volumes: Tree };
  const services = { ...stack.services };
  for (const [name, change] of Object.entries(changes.services ?? {})) {
    if (change === null) Reflect.deleteProperty(services, name);
    else services[name] = { ...services[name], ...change };
  }
  const volumes = { ...stack.volumes, ...changes.volumes };
  const networks = changes.networks === undefined ? {} : { networks: changes.networks };
  const text = JSON.stringify({ services, volumes, ...networks });
  await writeFile(join(site.workspace, 'docker-compose.yml'), text);
}

/** The compose file of the checkout as it is. */
export function readStackFile({ workspace }: Site): Promise<string> {
  return readFile(join(workspace, 'docker-compose.yml'), 'utf8');
}

/** One released container, with the times of its life in milliseconds since 1970. */
export interface ReleasedContainer {
  readonly service: string;
  readonly release: string;
  readonly running: boolean;
  readonly exitCode: number;
  readonly startedMs: number;
  /** NaN as long as it never ended. */
  readonly finishedMs: number;
}

/** Every container of a release on a server. */
export async function releasedContainers(server: Server): Promise<readonly ReleasedContainer[]> {
  const filter = ['--filter', 'label=shiplock.role=service'];
  const ids = (await server.docker(['ps', '--all', '--quiet', ...filter])).split('\n');
  const format =
    '{{index .Config.Labels "shiplock.service"}}\t{{index .Config.Labels "shiplock.release"}}\t{{.State.Running}}\t{{.State.ExitCode}}\t{{.State.StartedAt}}\t{{.State.FinishedAt}}';
  const lines = await server.docker(['inspect', '--format', format, ...ids]);
  return lines.split('\n').map((line) => {
    const [service = '', release = '', running, exitCode, startedAt = '', finishedAt = ''] =
      line.split('\t');
    const finishedMs = finishedAt.startsWith('0001') ? NaN : Date.parse(finishedAt);
    return {
      ...{ service, release, running: running === 'true', exitCode: Number(exitCode) },
      ...{ startedMs: Date.parse(startedAt), finishedMs },
    };
  });
}

/** Released services that run, as `web of 1-v1`. */
export async function runningServices(server: Server): Promise<readonly string[]> {
  const all = await releasedContainers(server);
  return all
    .filter(({ running }) => running)
    .map(({ service, release }) => `${service} of ${release}`)
    .sort();
}
