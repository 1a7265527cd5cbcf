import type { Config } from '../config/config';
import {
  composeConfig,
  type ComposeConfig,
  type ComposeService,
} from '../domain/compose/compose-config';
import { sharedServices } from '../domain/compose/shared-services';
import { renderSlot, type RenderedSlot } from '../domain/compose/slot';
import { checkStackNames } from '../domain/compose/stack-names';
import type { SlotSettings } from '../domain/compose/settings';
import type { Problem } from '../domain/problem';
import { idleSlot, type Markers } from '../domain/proxy/markers';
import type { PlacedRelease } from '../domain/records/plan';
import { judgeStanding } from '../domain/release/judge-host';
import { mountedPath, type Mount } from '../domain/proxy/mounted-path';
import { absolute, tokenIn } from '../domain/release/placed';
import { ShiplockError } from '../errors';
import { evaluateCompose, type Evaluation } from '../operations/evaluate-compose';
import { hostPath } from '../operations/release-files';
import type { PackedFile } from '../platform/tar';
import type { DeployTools, RunFacts, Session } from './deploy-tools';
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

/** The second half of S1: evaluates the compose files on the host. Adds to `problems` what does not hold; null = too much is missing to go on. */
export async function readStack(
  session: Session,
  tools: DeployTools,
  request: {
    readonly config: Config;
    readonly facts: RunFacts;
    readonly files: readonly PackedFile[];
  },
  seen: Survey,
  problems: Problem[],
): Promise<Stack | null> {
  const { config, facts, files } = request;
  const directory = config.directory ?? seen.project?.directory ?? '';
  if (directory === '') {
    problems.push({
      path: 'directory',
      says: 'is not known, because no stack of this app runs on the host',
      fix: 'set directory in shiplock.yml to the folder on the server that holds .env and the bind mounts',
    });
    return null;
  }
  const configDir = absolute(directory, config.proxy.configDir);
  const evaluation = await evaluateCompose(session.host, tools.pack, {
    docker: facts.docker,
    files,
    recorded: hostPath.sharedCompose(seen.base),
    directory,
    project: config.project ?? seen.project?.project,
    configDir,
    name: `${config.app}-${config.environment}`,
    nonce: tools.random(8),
  });
  const token = tokenIn(evaluation.include) ?? tools.random(16);
  return judgeStack(config, seen, evaluation, { directory, configDir, token }, problems);
}

function judgeStack(
  config: Config,
  seen: Survey,
  evaluation: Evaluation,
  paths: { readonly directory: string; readonly configDir: string; readonly token: string },
  problems: Problem[],
): Stack | null {
  const { directory, configDir, token } = paths;
  if (!evaluation.directoryExists) {
    problems.push({
      path: 'directory',
      says: `${directory} does not exist on the host`,
      fix: `make it there, with the .env of the stack, or correct directory in shiplock.yml`,
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
  const compose = composeConfig.parse(JSON.parse(evaluation.document));
  problems.push(...checkStackNames(compose, seen.project), ...unknownServices(config, compose));
  const proxy = compose.services[config.proxy.service];
  const containerDir = mountedPath(bindsOf(proxy), configDir);
  if (proxy !== undefined && containerDir === null) {
    problems.push({
      path: `services.${config.proxy.service}.volumes`,
      says: `does not mount ${configDir}, where the proxy is to read which slot serves`,
      fix: `add the line - ./${config.proxy.configDir}:/etc/nginx/shiplock:ro`,
    });
  }
  if (!evaluation.configDirWritable) {
    problems.push({
      path: configDir,
      says: `cannot be written by ${seen.look.user}`,
      fix: `run once on the server: sudo install -d -o ${seen.look.user} ${configDir}`,
    });
  }
  const markers = { managed: evaluation.managed, green: evaluation.green };
  const standing = judgeStanding(seen.facts, markers, config);
  if (standing.kind === 'unknown') throw unknownState(seen, standing.reason);
  return {
    compose,
    directory,
    configDir,
    containerDir: containerDir ?? '',
    token,
    markers,
    live: standing.live,
    shared: sharedServices(compose, config),
  };
}

function bindsOf(service: ComposeService | undefined): Mount[] {
  return (service?.volumes ?? []).flatMap(({ type, source, target }) =>
    type === 'bind' && source !== undefined ? [{ source, destination: target }] : [],
  );
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

/** S0 could not name the host's state: nothing is touched, and a person has to look. */
function unknownState(seen: Survey, reason: string): ShiplockError {
  const last = seen.facts.journal.findLast(({ phase }) => phase !== 'note');
  const told =
    last === undefined ? '' : ` The last record is ${last.step} ${last.phase} of ${last.time}.`;
  return new ShiplockError(`it is not proven what serves: ${reason}.${told}`, {
    hint: `Nothing was touched. Look at the containers and at ${seen.base} on the server. If a keeper of the last deploy is there but stopped (docker ps -a --filter label=shiplock.keeper), docker start brings it to its end.`,
    fault: 'remote',
    verdict: 'unproven',
  });
}

/** The new release as it is to be made on one host. */
export interface Draft {
  readonly slot: RenderedSlot;
  readonly target: PlacedRelease;
}

/** Renders a release for the slot that does not serve; throws one refusal with everything that cannot be. */
export function draftRelease(
  stack: Pick<Stack, 'compose' | 'live' | 'markers'>,
  settings: SlotSettings,
  release: {
    readonly id: string;
    readonly seq: number;
    readonly version: string;
    readonly deploy: string;
    readonly createdAt: string;
    readonly images: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string>>;
    readonly base: string;
    readonly hash: (text: string) => string;
  },
): Draft {
  const slot = idleSlot(stack.live?.slot ?? null, stack.markers);
  if (slot === 'adopted')
    throw new ShiplockError('a release cannot live in the adopted slot', { fault: 'bug' });
  const { images, env, base, deploy, id, seq, version, createdAt } = release;
  const rendered = renderSlot({
    compose: stack.compose,
    settings,
    slot,
    release: { id, deploy },
    images,
    env,
    base,
  });
  return {
    slot: rendered,
    target: {
      slot,
      project: rendered.project,
      release: {
        schema: 1,
        id,
        seq,
        version,
        deploy,
        slot,
        standing: 'pending',
        services: [...rendered.services],
        configHash: release.hash(JSON.stringify({ compose: stack.compose, settings, images, env })),
        schemaVersion: { before: null, after: null },
        backup: null,
        createdAt,
        reason: null,
      },
    },
  };
}
