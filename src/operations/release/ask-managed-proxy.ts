import { managedProxy } from '../../domain/proxy/managed-container';
import type { Engine } from '../../platform/docker-api/docker-api';

/** What runs where the managed proxy is to run. */
export interface ManagedProxyState {
  /** null = there is none. */
  readonly proxy: {
    readonly running: boolean;
    /** Its configuration folder on the host. */
    readonly folder: string;
    readonly image: string;
  } | null;
  /** Containers that publish one of its ports, by port; not asked while it runs. */
  readonly holders: ReadonlyMap<number, string>;
}

/** Looks for the managed proxy, and for whoever stands in its place. */
export async function askManagedProxy(engine: Engine): Promise<ManagedProxyState> {
  const [found] = await engine.listContainers({ labels: [managedProxy.label], all: true });
  const proxy =
    found === undefined
      ? null
      : {
          running: found.state === 'running',
          folder: found.labels[managedProxy.label] ?? '',
          image: (await engine.inspectContainer(found.id)).image,
        };
  return { proxy, holders: proxy?.running === true ? new Map() : await findHolders(engine) };
}

async function findHolders(engine: Engine): Promise<ReadonlyMap<number, string>> {
  const running = await engine.listContainers();
  const details = await Promise.all(
    running.map(({ id }) => engine.inspectContainer(id).catch(() => null)),
  );
  return new Map(
    details.flatMap((one) =>
      one === null
        ? []
        : Object.values(one.ports)
            .flat()
            .map(({ hostPort }) => [hostPort, one.name] as const),
    ),
  );
}
