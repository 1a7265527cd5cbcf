import { z } from 'zod';
import type { EngineConnection } from './connection';
import { flag, listOf, mapOf, readAnswer, text, textMap, texts, count } from './readers';
import { jsonLines } from './streams';
import type { ListFilter } from './specs';
import type { EngineEvent, EngineInfo, EngineVersion } from './types';
import { filtersOf, untilAborted } from './listing';

export interface SystemCalls {
  ping(): Promise<void>;
  version(): Promise<EngineVersion>;
  info(): Promise<EngineInfo>;
  /** Events as they happen, from `since` (seconds since 1970) on; ends with `signal` or with the engine. */
  events(
    options?: ListFilter & { readonly signal?: AbortSignal; readonly since?: number },
  ): AsyncIterable<EngineEvent>;
}

const Version = z
  .object({
    Version: text,
    ApiVersion: z.string(),
    MinAPIVersion: text,
    Os: text,
    Arch: text,
    Components: listOf(z.object({ Name: text })),
  })
  .transform((answer): EngineVersion => ({
    version: answer.Version,
    apiVersion: answer.ApiVersion,
    minApiVersion: answer.MinAPIVersion,
    os: answer.Os,
    architecture: answer.Arch,
    components: answer.Components.map((component) => component.Name),
  }));

/** How an engine names the store of its images when containerd keeps them. */
const containerdStore = 'io.containerd.snapshotter.v1';

const Info = z
  .object({
    Name: text,
    DockerRootDir: text,
    SecurityOptions: texts,
    NCPU: count,
    MemTotal: count,
    Architecture: text,
    Swarm: z.object({ LocalNodeState: text }).nullish(),
    LiveRestoreEnabled: flag,
    DriverStatus: listOf(texts),
    RegistryConfig: z
      .object({
        Mirrors: texts,
        IndexConfigs: mapOf(z.object({ Secure: z.boolean().default(true) })),
      })
      .nullish(),
  })
  .transform((answer): EngineInfo => ({
    name: answer.Name,
    dockerRoot: answer.DockerRootDir,
    rootless: answer.SecurityOptions.some((option) => option.startsWith('name=rootless')),
    cpus: answer.NCPU,
    memoryBytes: answer.MemTotal,
    architecture: answer.Architecture,
    swarm: answer.Swarm?.LocalNodeState === 'active',
    liveRestore: answer.LiveRestoreEnabled,
    containerdImages: answer.DriverStatus.some((pair) => pair.includes(containerdStore)),
    mirrors: answer.RegistryConfig?.Mirrors ?? [],
    insecureRegistries: Object.entries(answer.RegistryConfig?.IndexConfigs ?? {}).flatMap(
      ([name, { Secure }]) => (Secure ? [] : [name]),
    ),
  }));

const Event = z
  .object({
    Type: text,
    Action: text,
    Actor: z.object({ ID: text, Attributes: textMap }),
    timeNano: count,
  })
  .transform((event): EngineEvent => ({
    type: event.Type,
    action: event.Action,
    id: event.Actor.ID,
    attributes: event.Actor.Attributes,
    timeMs: Math.floor(event.timeNano / 1e6),
  }));

/** Calls about the engine as a whole. */
export function systemCalls(connection: EngineConnection): SystemCalls {
  const get = (path: string): Promise<unknown> => connection.send({ method: 'GET', path });
  return {
    ping: async () => {
      await connection.send({ method: 'HEAD', path: '/_ping', timeoutMs: 10_000 });
    },
    version: async () => {
      const answer = await connection.send({ method: 'GET', path: '/version', unversioned: true });
      return readAnswer(Version, answer, 'GET /version');
    },
    info: async () => readAnswer(Info, await get('/info'), 'GET /info'),
    events: ({ signal, since, ...filter } = {}) =>
      untilAborted(signal, async function* () {
        const query = { since, filters: filtersOf(filter) };
        const message = await connection.open({ method: 'GET', path: '/events', query, signal });
        for await (const line of jsonLines(message)) yield readAnswer(Event, line, 'GET /events');
      }),
  };
}
