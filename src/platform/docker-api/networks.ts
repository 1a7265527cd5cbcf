import { z } from 'zod';
import type { EngineConnection } from './connection';
import { filtersOf } from './listing';
import { flag, listOf, mapOf, readAnswer, text, textMap } from './readers';
import type { ListFilter, NetworkSpec, VolumeSpec } from './specs';
import type { NetworkDetails, VolumeDetails } from './types';

export interface NetworkCalls {
  listNetworks(filter?: ListFilter): Promise<readonly NetworkDetails[]>;
  inspectNetwork(id: string): Promise<NetworkDetails>;
  /** Resolves with the new id; 409 when the name is taken. */
  createNetwork(spec: NetworkSpec): Promise<string>;
  removeNetwork(id: string): Promise<void>;
  /** Only for containers that do not run yet: joining a running one can move its gateway and ports. */
  connectNetwork(network: string, container: string, aliases?: readonly string[]): Promise<void>;
  listVolumes(filter?: ListFilter): Promise<readonly VolumeDetails[]>;
  inspectVolume(name: string): Promise<VolumeDetails>;
  /** A volume of that name that exists already is left as it is. */
  createVolume(spec: VolumeSpec): Promise<void>;
}

const Network = z
  .object({
    Id: z.string(),
    Name: z.string(),
    Driver: text,
    Internal: flag,
    EnableIPv6: flag,
    Options: textMap,
    Labels: textMap,
    Containers: mapOf(z.object({})),
  })
  .transform((answer): NetworkDetails => ({
    id: answer.Id,
    name: answer.Name,
    driver: answer.Driver,
    internal: answer.Internal,
    ipv6: answer.EnableIPv6,
    options: answer.Options,
    labels: answer.Labels,
    containers: Object.keys(answer.Containers),
  }));

const Volume = z
  .object({ Name: z.string(), Driver: text, Mountpoint: text, Labels: textMap })
  .transform((answer): VolumeDetails => ({
    name: answer.Name,
    driver: answer.Driver,
    mountpoint: answer.Mountpoint,
    labels: answer.Labels,
  }));

const Volumes = z.object({ Volumes: listOf(Volume) });
const Created = z.object({ Id: z.string() });

/** Networks and volumes. */
export function networkCalls(connection: EngineConnection): NetworkCalls {
  const get = (path: string, filter: ListFilter = {}): Promise<unknown> =>
    connection.send({ method: 'GET', path, query: { filters: filtersOf(filter) } });
  return {
    listNetworks: async (filter) =>
      readAnswer(listOf(Network), await get('/networks', filter), 'GET /networks'),
    inspectNetwork: async (id) => {
      const path = `/networks/${encodeURIComponent(id)}`;
      return readAnswer(Network, await get(path), path);
    },
    createNetwork: async (spec) => {
      // Without it the engine makes a second network of the same name and says nothing.
      const body = { CheckDuplicate: true, ...spec };
      const answer = await connection.send({ method: 'POST', path: '/networks/create', body });
      return readAnswer(Created, answer, 'POST /networks/create').Id;
    },
    removeNetwork: async (id) => {
      await connection.send({ method: 'DELETE', path: `/networks/${encodeURIComponent(id)}` });
    },
    connectNetwork: async (network, container, aliases = []) => {
      const path = `/networks/${encodeURIComponent(network)}/connect`;
      const body = { Container: container, EndpointConfig: { Aliases: aliases } };
      await connection.send({ method: 'POST', path, body });
    },
    createVolume: async (spec) => {
      await connection.send({ method: 'POST', path: '/volumes/create', body: spec });
    },
    listVolumes: async (filter) =>
      readAnswer(Volumes, await get('/volumes', filter), 'GET /volumes').Volumes,
    inspectVolume: async (name) => {
      const path = `/volumes/${encodeURIComponent(name)}`;
      return readAnswer(Volume, await get(path), path);
    },
  };
}
