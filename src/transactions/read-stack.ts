import type { Config } from '../config/config';
import {
  composeConfig,
  type ComposeConfig,
  type ComposeService,
} from '../domain/compose/compose-config';
import { sharedServices } from '../domain/compose/shared-services';
import { checkStackNames } from '../domain/compose/stack-names';
import type { Problem } from '../domain/problem';
import { mountedPath, type Mount } from '../domain/proxy/mounted-path';
import type { Markers } from '../domain/proxy/markers';
import { tokenIn } from '../domain/proxy/nginx-include';
import type { PlacedRelease } from '../domain/records/plan';
import { adoptedRelease } from '../domain/release/adopted-release';
import { judgeStanding } from '../domain/release/judge-host';
import { ShiplockError } from '../errors';
import type { Evaluation } from '../operations/evaluate-compose';
import type { HostRun } from './deploy-tools';
import { judgeHolder } from './judge-holder';
import type { Survey } from './survey';

/** The team's stack on one host, as evaluated there. */
export interface Stack {
  readonly compose: ComposeConfig;
  readonly directory: string;
  /** The proxy's configuration folder on the host, and where its container sees it. */
  readonly configDir: string;
  readonly containerDir: string;
  /** Makes the path of the confirmation impossible to guess; kept for as long as the include is. */
  readonly token: string;
  readonly markers: Markers;
  readonly live: PlacedRelease | null;
  readonly shared: readonly string[];
}

/** S1, the stack: what holds of it. Adds to `problems` what does not; null = too much is missing to go on. */
export function readStack(
  { config, tools }: HostRun,
  seen: Survey,
  problems: Problem[],
): Stack | null {
  const { evaluation, directory, configDir } = seen;
  if (directory === '') problems.push(noDirectory);
  if (evaluation === null) return null;
  const compose = composeOf(evaluation, directory, problems);
  if (compose === null) return null;
  const proxy = compose.services[config.proxy.service];
  const containerDir = mountedPath(bindsOf(proxy), configDir);
  problems.push(
    ...checkStackNames(compose, seen.project),
    ...unknownServices(config, compose),
    ...proxyProblems(config, seen, { evaluation, containerDir, known: proxy !== undefined }),
  );
  const adopted = adoptedRelease(seen.project?.plain ?? [], {
    project: compose.name,
    services: config.services,
    ledger: seen.facts.ledger,
    now: new Date(tools.clock.now()).toISOString(),
  });
  const stack = { project: compose.name, adopted, markers: evaluation };
  return {
    compose,
    directory,
    configDir,
    containerDir: containerDir ?? '',
    token: tokenIn(evaluation.include) ?? tools.random(16),
    markers: evaluation,
    // Who deploys right now may be between marker and record: that it holds the lease is the answer then.
    live: judgeHolder(seen).length > 0 ? null : liveRelease(config, seen, stack),
    shared: sharedServices(compose, config),
  };
}

const noDirectory: Problem = {
  path: 'directory',
  says: 'is not known, because no stack of this app runs on the host',
  fix: 'set directory in shiplock.yml to the folder on the server that holds .env and the bind mounts',
};

function composeOf(
  evaluation: Evaluation,
  directory: string,
  problems: Problem[],
): ComposeConfig | null {
  if (!evaluation.directoryExists) {
    problems.push({
      path: 'directory',
      says: `${directory} does not exist on the host`,
      fix: 'make it there, with the .env of the stack, or correct directory in shiplock.yml',
    });
    return null;
  }
  if (evaluation.document === null) {
    problems.push({
      path: 'compose',
      says: `docker compose config refused the files: ${evaluation.said}`,
      fix: `try it on the server: docker compose --project-directory ${directory} config`,
    });
    return null;
  }
  return composeConfig.parse(JSON.parse(evaluation.document));
}

function bindsOf(service: ComposeService | undefined): Mount[] {
  return (service?.volumes ?? []).flatMap(({ type, source, target }) =>
    type === 'bind' && source !== undefined ? [{ source, destination: target }] : [],
  );
}

function proxyProblems(
  config: Config,
  { configDir, look }: Survey,
  found: {
    readonly evaluation: Evaluation;
    readonly containerDir: string | null;
    readonly known: boolean;
  },
): Problem[] {
  const problems: Problem[] = [];
  // A proxy that the compose file does not have is named already.
  if (found.known && found.containerDir === null) {
    problems.push({
      path: `services.${config.proxy.service}.volumes`,
      says: `does not mount ${configDir}, where the proxy is to read which slot serves`,
      fix: `add the line - ${configDir}:/etc/nginx/shiplock:ro`,
    });
  }
  if (!found.evaluation.configDirWritable) {
    problems.push({
      path: configDir,
      says: `cannot be written by ${look.user}`,
      fix: `run once on the server: sudo install -d -o ${look.user} ${configDir}`,
    });
  }
  return problems;
}

function unknownServices(config: Config, compose: ComposeConfig): Problem[] {
  const known = Object.keys(compose.services).join(', ');
  const wanted = [
    ...config.services.map(({ name }) => ({ path: `release.${name}`, name })),
    { path: 'proxy.service', name: config.proxy.service },
    ...(config.migrate === null ? [] : [{ path: 'migrate.service', name: config.migrate.service }]),
  ];
  return wanted
    .filter(({ name }) => !Object.hasOwn(compose.services, name))
    .map(({ path, name }) => ({
      path,
      says: `the compose file has no service ${name}`,
      fix: `name one of ${known}`,
    }));
}

/** S0: which release serves; throws when that is not proven, because then a person has to look. */
function liveRelease(
  config: Config,
  seen: Survey,
  stack: {
    readonly project: string;
    readonly adopted: PlacedRelease | null;
    readonly markers: Markers;
  },
): PlacedRelease | null {
  const standing = judgeStanding(seen.facts, stack.markers, config, stack);
  if (standing.kind === 'known') return standing.live;
  const last = seen.facts.journal.findLast(({ phase }) => phase !== 'note');
  const told =
    last === undefined ? '' : ` The last record is ${last.step} ${last.phase} of ${last.time}.`;
  throw new ShiplockError(`it is not proven what serves: ${standing.reason}.${told}`, {
    hint: `Nothing was touched. Look at the containers and at ${seen.base} on the server. If a keeper of the last deploy is there but stopped (docker ps -a --filter label=shiplock.keeper), docker start brings it to its end.`,
    fault: 'remote',
    verdict: 'unproven',
  });
}
