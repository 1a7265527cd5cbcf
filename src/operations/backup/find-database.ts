import type { DatabaseSettings } from '../../domain/backup/database';
import type { Problem } from '../../domain/problem';
import { composeLabel } from '../../domain/release/labels';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { Place } from './database';

/** Where to look for the container of a service. */
export interface Stack {
  readonly engine: Engine;
  readonly project: string | null;
  readonly directory: string | null;
}

/** Finds out where a database is, or says why that cannot be told. */
export async function findDatabase(
  stack: Stack,
  { service, urlEnv }: DatabaseSettings,
): Promise<Place | Problem> {
  if (service === null) return urlEnv === null ? { at: 'host' } : { at: 'url', imageId: null };
  const found = await containersOf(stack, service);
  const [container] = found.filter(({ state }) => state === 'running');
  const projects = [...new Set(found.map(({ labels }) => labels[composeLabel.project] ?? ''))];
  if (projects.length > 1) {
    return {
      path: 'service',
      says: `${service} runs in several Compose projects: ${projects.sort().join(', ')}`,
      fix: 'set project in shiplock.yml to the one that is meant',
    };
  }
  if (container === undefined) return missing(stack, service, found.length > 0);
  if (urlEnv !== null) return { at: 'url', imageId: container.imageId };
  const details = await stack.engine.inspectContainer(container.id);
  return {
    at: 'container',
    id: details.id,
    imageId: details.imageId,
    project: details.labels[composeLabel.project] ?? null,
    environment: variablesOf(details.environment),
    mounts: details.mounts,
  };
}

async function containersOf({ engine, project, directory }: Stack, service: string) {
  const labels = [
    `${composeLabel.service}=${service}`,
    `${composeLabel.oneoff}=False`,
    ...(project === null ? [] : [`${composeLabel.project}=${project}`]),
    ...(project !== null || directory === null ? [] : [`${composeLabel.workingDir}=${directory}`]),
  ];
  return engine.listContainers({ labels, all: true });
}

async function missing(stack: Stack, service: string, isStopped: boolean): Promise<Problem> {
  if (isStopped) {
    const fix = `start it: docker compose up -d ${service}`;
    return { path: 'service', says: `the container of ${service} does not run`, fix };
  }
  const others = await stack.engine.listContainers({ labels: [composeLabel.service] });
  const names = [...new Set(others.map(({ labels }) => labels[composeLabel.service] ?? ''))].sort();
  const there = names.length === 0 ? 'no service runs there' : `there is: ${names.join(', ')}`;
  const where = stack.project ?? stack.directory;
  return {
    path: 'service',
    says: `no container of the service ${service} is there${where === null ? '' : ` in ${where}`}`,
    fix: `name the Compose service of the database (${there})`,
  };
}

function variablesOf(environment: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    environment.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
}
