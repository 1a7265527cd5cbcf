import type { Config } from '../config/config';
import { composeImages } from '../domain/compose/service-images';
import { assignImages } from '../domain/images/assign';
import { formatReference } from '../domain/images/reference';
import type { Problem } from '../domain/problem';
import { refusal } from '../domain/problem';
import { findIncludeProblems } from '../domain/proxy/nginx-check';
import { unpreparedProxy } from '../domain/proxy/nginx-adoption';
import { markerPaths } from '../domain/proxy/markers';
import { composeLabel } from '../domain/release/labels';
import { resolveImages } from '../operations/resolve-images';
import type { PackedFile } from '../platform/tar';
import type { DeployTools, RunFacts, Session } from './deploy-tools';
import { registryAuth } from './registry-auth';
import { readStack, type Stack } from './draft';
import { survey, type Survey } from './survey';

/** What is known of a host once everything was looked at and nothing stands in the way. */
export interface Preflight {
  readonly seen: Survey;
  readonly stack: Stack;
}

interface Request {
  readonly config: Config;
  readonly facts: RunFacts;
  readonly files: readonly PackedFile[];
}

/** S0 and S1 on one host; throws one refusal that lists every problem. Changes nothing. */
export async function preflight(
  session: Session,
  tools: DeployTools,
  request: Request,
): Promise<Preflight> {
  const subject = session.host.name;
  const seen = await survey(session, request.config, request.facts);
  const problems: Problem[] = [...seen.problems];
  const canEvaluate =
    seen.version !== null && seen.look.composeVersion !== '' && seen.look.missingTools.length === 0;
  const stack = canEvaluate ? await readStack(session, tools, request, seen, problems) : null;
  if (stack !== null) problems.push(...alreadyRunning(request.config, seen, stack));
  if (problems.length > 0 || stack === null) throw refusal(subject, problems);
  await checkProxy(session, request.config, seen, stack);
  return { seen, stack };
}

/** Resolves what is to be released to digests. Adds to `problems` what cannot be. */
export async function chooseImages(
  session: Session,
  request: Request & { readonly images: readonly string[] },
  stack: Stack,
): Promise<Readonly<Record<string, string>>> {
  const assigned = assignImages(request.images, composeImages(stack.compose, request.config));
  const { images, problems } = await resolveImages(
    session.engine,
    assigned,
    registryAuth(request.facts, Object.values(assigned).map(formatReference)),
  );
  if (problems.length > 0) throw refusal(session.host.name, problems);
  return images;
}

/** Containers of the services to release that run under plain Compose: taking them over is a step of its own. */
function alreadyRunning(config: Config, seen: Survey, stack: Stack): Problem[] {
  if (stack.live !== null) return [];
  const released = config.services.map(({ name }) => name);
  const running = (seen.project?.running ?? []).filter((name) => released.includes(name));
  if (running.length === 0) return [];
  return [
    {
      path: 'release',
      says: `${running.join(', ')} already run under plain docker compose (project ${seen.project?.project ?? ''}), and taking over running containers is not supported yet`,
      fix: `stop them for the first release: docker compose -p ${seen.project?.project ?? ''} rm --stop ${running.join(' ')}`,
    },
  ];
}

/** A proxy that runs must already read our include: nothing may be switched that it would not see. */
async function checkProxy(
  { engine }: Session,
  config: Config,
  seen: Survey,
  stack: Stack,
): Promise<void> {
  if (!(seen.project?.running ?? []).includes(config.proxy.service)) return;
  const [proxy] = await engine.listContainers({
    labels: [
      `${composeLabel.project}=${stack.compose.name}`,
      `${composeLabel.service}=${config.proxy.service}`,
    ],
  });
  if (proxy === undefined) return;
  const routes = config.services.flatMap(({ name, port }) =>
    port === null ? [] : [{ service: name, port }],
  );
  const { include } = markerPaths(stack.containerDir, config.app, config.environment);
  const dump = await engine.exec(proxy.id, ['nginx', '-T']);
  const problems = findIncludeProblems(dump.stdout, include, routes);
  if (problems.length === 0) return;
  throw unpreparedProxy({
    app: config.app,
    environment: config.environment,
    token: stack.token,
    routes,
    proxyService: config.proxy.service,
    hostDir: stack.configDir,
    containerDir: stack.containerDir,
    problems,
  });
}
