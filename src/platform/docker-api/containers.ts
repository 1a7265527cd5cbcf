import { z } from 'zod';
import type { EngineConnection } from './connection';
import type { EngineRequest } from './request';
import { ContainerDetailsReader, ContainerSummaryReader } from './container-readers';
import { filtersOf } from './listing';
import { count, listOf, readAnswer } from './readers';
import type { ContainerSpec, ListFilter } from './specs';
import type { ContainerDetails, ContainerSummary } from './types';

/** Containers are named by id or name; a missing one is an EngineError of status 404. */
export interface ContainerCalls {
  /** Running ones only, unless `all`. */
  listContainers(
    filter?: ListFilter & { readonly all?: boolean },
  ): Promise<readonly ContainerSummary[]>;
  inspectContainer(id: string): Promise<ContainerDetails>;
  /** Resolves with the new id; 404 when the image is missing, 409 when the name is taken. */
  createContainer(name: string, spec: ContainerSpec): Promise<string>;
  /** A container that already runs is no error. */
  startContainer(id: string): Promise<void>;
  /** Resolves when it is stopped; killed after `timeoutSeconds`. A container that does not run is no error. */
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  /** `signal` like `SIGTERM`; 409 when it does not run. */
  killContainer(id: string, signal: string): Promise<void>;
  /** `name` is no, always, unless-stopped or on-failure. */
  setRestartPolicy(id: string, name: string, maximumRetryCount?: number): Promise<void>;
  /** `volumes` removes its anonymous volumes too. */
  removeContainer(
    id: string,
    options?: { readonly force?: boolean; readonly volumes?: boolean },
  ): Promise<void>;
  /** Resolves with the exit code once it does not run; default deadline 10 minutes. */
  waitContainer(
    id: string,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<number>;
}

const Created = z.object({ Id: z.string() });
const Waited = z.object({ StatusCode: count });

/** The life of containers: list, create, start, stop, remove. */
export function containerCalls(connection: EngineConnection): ContainerCalls {
  return { ...looks(connection), ...changes(connection) };
}

type Looks = Pick<ContainerCalls, 'listContainers' | 'inspectContainer' | 'waitContainer'>;

function looks(connection: EngineConnection): Looks {
  return {
    listContainers: async ({ all = false, ...filter } = {}) => {
      const query = { all, filters: filtersOf(filter) };
      const answer = await connection.send({ method: 'GET', path: '/containers/json', query });
      return readAnswer(listOf(ContainerSummaryReader), answer, 'GET /containers/json');
    },
    inspectContainer: async (id) => {
      const path = at(id, '/json');
      const answer = await connection.send({ method: 'GET', path });
      return readAnswer(ContainerDetailsReader, answer, path);
    },
    waitContainer: async (id, { timeoutMs = 600_000, signal } = {}) => {
      const path = at(id, '/wait');
      const request = { method: 'POST', path, timeoutMs, signal, dedicated: true } as const;
      return readAnswer(Waited, await connection.send(request), path).StatusCode;
    },
  };
}

function changes(connection: EngineConnection): Omit<ContainerCalls, keyof Looks> {
  const post = (path: string, rest: Partial<EngineRequest> = {}): Promise<unknown> =>
    connection.send({ ...rest, method: 'POST', path });
  return {
    createContainer: async (name, spec) => {
      const answer = await post('/containers/create', { query: { name }, body: spec });
      return readAnswer(Created, answer, 'POST /containers/create').Id;
    },
    startContainer: async (id) => {
      await post(at(id, '/start'));
    },
    stopContainer: async (id, timeoutSeconds) => {
      const timeoutMs = (timeoutSeconds + 30) * 1000;
      await post(at(id, '/stop'), { query: { t: timeoutSeconds }, timeoutMs, dedicated: true });
    },
    killContainer: async (id, signal) => {
      await post(at(id, '/kill'), { query: { signal } });
    },
    setRestartPolicy: async (id, name, maximumRetryCount = 0) => {
      const body = { RestartPolicy: { Name: name, MaximumRetryCount: maximumRetryCount } };
      await post(at(id, '/update'), { body });
    },
    removeContainer: async (id, { force = false, volumes = false } = {}) => {
      const query = { force, v: volumes };
      await connection.send({ method: 'DELETE', path: at(id, ''), query, dedicated: true });
    },
  };
}

function at(id: string, action: string): string {
  return `/containers/${encodeURIComponent(id)}${action}`;
}
