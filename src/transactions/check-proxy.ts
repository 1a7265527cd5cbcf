import type { Config } from '../config/config';
import type { Problem } from '../domain/problem';
import { markerPaths } from '../domain/proxy/markers';
import { mountedPath } from '../domain/proxy/mounted-path';
import { adoptionSteps, usualDir } from '../domain/proxy/nginx-adoption';
import { findIncludeProblems } from '../domain/proxy/nginx-check';
import { checkInclude, type IncludeRequest } from '../domain/proxy/nginx-include';
import { typed } from '../operations/typed';
import type { Findings } from './findings';
import type { Stack } from './read-stack';
import type { Survey } from './survey';

/**
 * The proxy must read our include, and be able to: nothing may be switched that it would not see. One that does not run is
 * started by the release, so only its folder and its routes are judged.
 */
export function checkProxy(config: Config, seen: Survey, stack: Stack, findings: Findings): void {
  const mounted = stack.containerDir !== '';
  const request = includeOf(config, stack);
  // Without a mount there is no folder to judge; that it is missing is said already.
  if (mounted) findings.add(...checkInclude(request));
  const reads = readsInclude(config, seen, request, findings);
  if ((mounted && reads) || !stack.hasProxy) return;
  if (mounted) findings.add(...olderThanMount(config, seen, stack));
  findings.explain(
    adoptionSteps({
      ...request,
      project: stack.compose.name,
      directory: stack.directory,
      proxyService: config.proxy.service,
      mounts: stack.proxyMounts,
      hostDir: stack.configDir,
      containerDir: mounted ? stack.containerDir : null,
      user: seen.look.user,
      typed,
    }),
  );
}

/** The container may be older than the mount in the compose file. */
function olderThanMount(
  { proxy }: Config,
  { project }: Survey,
  { compose, configDir, containerDir, directory }: Stack,
): Problem[] {
  if (project === null || project.proxy === null) return [];
  if (mountedPath(project.proxyMounts, configDir) === containerDir) return [];
  const up = ['docker', 'compose', '-p', compose.name, 'up', '-d', '--no-deps', proxy.service];
  return [
    {
      path: proxy.service,
      says: `runs without the mount of ${configDir} that the compose file has by now`,
      fix: `let Compose make it anew on the server: ${typed(['cd', directory])} && ${typed(up)}`,
    },
  ];
}

function readsInclude(
  { app, environment, proxy }: Config,
  { proxyDump }: Survey,
  request: IncludeRequest,
  findings: Findings,
): boolean {
  if (proxyDump === null) return true;
  if (proxyDump.code !== 0) {
    const said = proxyDump.stderr.trim().slice(-800);
    findings.add({
      path: proxy.service,
      says: `nginx cannot read its own configuration, so it would not survive a restart: ${said}`,
      fix: `correct it until this passes: docker compose exec ${proxy.service} nginx -t`,
    });
    return false;
  }
  const { include } = markerPaths(request.containerDir, app, environment);
  const problems = findIncludeProblems(proxyDump.stdout, include, request.routes);
  findings.add(...problems);
  return problems.length === 0;
}

function includeOf({ app, environment, services }: Config, stack: Stack): IncludeRequest {
  const { token } = stack;
  const containerDir = stack.containerDir === '' ? usualDir : stack.containerDir;
  const routes = services.flatMap(({ name, port }) =>
    port === null ? [] : [{ service: name, port }],
  );
  return { app, environment, token, containerDir, routes };
}
