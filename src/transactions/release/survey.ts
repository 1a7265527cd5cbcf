import { driverOf } from '../../domain/proxy/drivers';
import { homeOf } from '../../domain/proxy/home';
import { readFacts, type HostFacts } from '../../domain/release/host-facts';
import {
  askManagedProxy,
  type ManagedProxyState,
} from '../../operations/release/ask-managed-proxy';
import {
  evaluateCompose,
  type ComposeSource,
  type Evaluation,
} from '../../operations/release/evaluate-compose';
import { lookAtHost, type HostLook } from '../../operations/release/look-at-host';
import { runAtProxy, type ProxyAnswer } from '../../operations/release/reach-proxy';
import { askEngine, type EngineAnswers } from './ask-engine';
import type { HostRun } from './deploy-tools';

/** S0 and the looking of S1: what the host is, what is on record, what runs, what its Compose makes of the files. Nothing was touched. */
export interface Survey extends EngineAnswers {
  readonly look: HostLook;
  readonly facts: HostFacts;
  /** The folder of this app and environment; '' when none can be made. */
  readonly base: string;
  /** The project directory on the host; '' when it is not known. */
  readonly directory: string;
  /** The proxy's configuration folder on the host. */
  readonly configDir: string;
  /** null = it could not be asked. */
  readonly evaluation: Evaluation | null;
  /** What a proxy that runs says of its configuration. */
  readonly proxyDump: ProxyAnswer | null;
  /** What the engine knows of the managed proxy; null where another one is meant, or it did not answer. */
  readonly managedProxy: ManagedProxyState | null;
}

/**
 * Looks at one host; everything that does not wait for an answer of the rest goes on at once.
 * @param source compose files of the checkout; null = those of the last release
 */
export async function survey(run: HostRun, source: ComposeSource | null): Promise<Survey> {
  const { session, config, facts } = run;
  const looking = lookAtHost(session.host, config.app, config.environment, facts.docker);
  looking.catch(() => undefined);
  const engine = await askEngine(session.engine, config);
  const directory = config.directory ?? engine.project?.directory ?? '';
  // The managed proxy's folder lies beside the records, and where those are says the look.
  const managed = config.proxy.kind === 'managed';
  const configDir = managed
    ? proxyFolder(baseOf(await looking))
    : absolute(directory, config.proxy.configDir);
  const [look, evaluation, proxyDump, managedProxy] = await Promise.all([
    looking,
    evaluate(run, source, engine, { directory, configDir }),
    managed ? null : dumpProxy(run, engine),
    managed && engine.version !== null ? askManagedProxy(session.engine) : null,
  ]);
  const base = baseOf(look);
  const seen = { base, directory, configDir, evaluation, proxyDump, managedProxy };
  return { ...engine, ...seen, look, facts: readFacts(look) };
}

function baseOf({ bases, writableBases }: HostLook): string {
  return bases[0] ?? writableBases[0] ?? '';
}

/** Beside the folders of all apps; no app can have that name. */
function proxyFolder(base: string): string {
  return base.replace(/\/[^/]+\/[^/]+$/, '/.proxy');
}

/** Absolute path of a folder that may be given relative to another. */
function absolute(directory: string, path: string): string {
  return path.startsWith('/')
    ? path
    : `${directory.replace(/\/+$/, '')}/${path.replace(/^\.\//, '')}`;
}

async function evaluate(
  { session, tools, config, facts }: HostRun,
  source: ComposeSource | null,
  { project }: EngineAnswers,
  paths: { readonly directory: string; readonly configDir: string },
): Promise<Evaluation | null> {
  // Compose reads files without the engine: what it says is known while Docker is down, too.
  if (paths.directory === '') return null;
  const { app, environment } = config;
  return evaluateCompose(session.host, tools.pack, {
    ...paths,
    ...{ app, environment, source },
    include: driverOf(config.proxy).file(config),
    docker: facts.docker,
    project: config.project ?? project?.project,
    nonce: tools.random(8),
  });
}

async function dumpProxy(
  { session, config }: HostRun,
  { version, project }: Pick<EngineAnswers, 'version' | 'project'>,
): Promise<ProxyAnswer | null> {
  if (version === null) return null;
  const home = homeOf(config.proxy, project?.project ?? '');
  return runAtProxy(session, home, driverOf(config.proxy).dump);
}

/** Whether a service of the team's stack runs at this moment. */
export function runs({ project }: Pick<Survey, 'project'>, service: string): boolean {
  return project?.running.includes(service) ?? false;
}
