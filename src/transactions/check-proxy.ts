import type { Config } from '../config/config';
import { markerPaths } from '../domain/proxy/markers';
import { adoptionSteps } from '../domain/proxy/nginx-adoption';
import { findIncludeProblems } from '../domain/proxy/nginx-check';
import { checkInclude, type IncludeRequest } from '../domain/proxy/nginx-include';
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
  const prepared = mounted && readsInclude(config, seen, request, findings);
  if (prepared || !stack.hasProxy) return;
  const containerDir = mounted ? stack.containerDir : null;
  const { service: proxyService } = config.proxy;
  findings.explain(
    adoptionSteps({ ...request, proxyService, hostDir: stack.configDir, containerDir }),
  );
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
    return true;
  }
  const { include } = markerPaths(request.containerDir, app, environment);
  const problems = findIncludeProblems(proxyDump.stdout, include, request.routes);
  findings.add(...problems);
  return problems.length === 0;
}

function includeOf({ app, environment, services }: Config, stack: Stack): IncludeRequest {
  const { token, containerDir } = stack;
  const routes = services.flatMap(({ name, port }) =>
    port === null ? [] : [{ service: name, port }],
  );
  return { app, environment, token, containerDir, routes };
}
