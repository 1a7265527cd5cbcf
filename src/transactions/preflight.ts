import type { Config } from '../config/config';
import { composeImages } from '../domain/compose/service-images';
import { assignImages } from '../domain/images/assign';
import { formatReference } from '../domain/images/reference';
import type { Problem } from '../domain/problem';
import { refusal } from '../domain/problem';
import { resolveImages } from '../operations/resolve-images';
import type { PackedFile } from '../platform/tar';
import { checkProxy, routeProblems } from './check-proxy';
import type { HostRun } from './deploy-tools';
import { registryAuth } from './registry-auth';
import { readStack, type Stack } from './read-stack';
import type { Survey } from './survey';

/** What is known of a host once everything was looked at and nothing stands in the way. */
export interface Preflight {
  readonly seen: Survey;
  readonly stack: Stack;
}

/**
 * S1 on one host; throws one refusal that lists every problem. Changes nothing.
 * @param files compose files of the checkout; none = those of the last release
 */
export async function preflight(
  run: HostRun,
  seen: Survey,
  files: readonly PackedFile[],
): Promise<Preflight> {
  const problems: Problem[] = [...seen.problems];
  const { look, version } = seen;
  const canEvaluate =
    version !== null && look.composeVersion !== '' && look.missingTools.length === 0;
  const stack = canEvaluate ? await readStack(run, files, seen, problems) : null;
  if (stack !== null) {
    problems.push(...routeProblems(run.config, stack), ...alreadyRunning(run.config, seen, stack));
  }
  if (problems.length > 0 || stack === null) throw refusal(run.session.host.name, problems);
  await checkProxy(run, seen, stack);
  return { seen, stack };
}

/** Resolves what is to be released to digests, once, before anything is touched; refuses what cannot be. */
export async function chooseImages(
  { session, config, facts }: HostRun,
  lines: readonly string[],
  stack: Stack,
): Promise<Readonly<Record<string, string>>> {
  const assigned = assignImages(lines, composeImages(stack.compose, config));
  const auth = registryAuth(facts, Object.values(assigned).map(formatReference));
  const { images, problems } = await resolveImages(session.engine, assigned, auth);
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

/** Shared services that do not run yet, in the order in which they need each other. */
export function missingShared({ seen, stack }: Preflight): readonly string[] {
  const running = seen.project?.running ?? [];
  return stack.shared.filter((name) => !running.includes(name));
}
