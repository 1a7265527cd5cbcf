import type { Config } from '../config/config';
import type { Problem } from '../domain/problem';
import { markerPaths } from '../domain/proxy/markers';
import { unpreparedProxy } from '../domain/proxy/nginx-adoption';
import { findIncludeProblems } from '../domain/proxy/nginx-check';
import { checkInclude, type IncludeRequest } from '../domain/proxy/nginx-include';
import { ShiplockError } from '../errors';
import type { HostRun } from './deploy-tools';
import type { Stack } from './read-stack';
import type { Survey } from './survey';

/** Routes that nginx could not tell apart, and folders that it could not read. */
export function routeProblems(config: Config, stack: Stack): readonly Problem[] {
  // Without a mount there is no folder to judge, which is a problem of its own.
  return stack.containerDir === '' ? [] : checkInclude(includeOf(config, stack));
}

/** A proxy that runs must already read our include: nothing may be switched that it would not see. Throws a refusal. */
export function checkProxy({ session, config }: HostRun, seen: Survey, stack: Stack): void {
  const dump = seen.proxyDump;
  if (dump === null) return;
  if (dump.code !== 0) {
    const what = 'nginx cannot read its own configuration, so it would not survive a restart';
    throw new ShiplockError(`${session.host.name}: ${what}`, {
      hint: dump.stderr.trim().slice(-800),
      fault: 'user',
      verdict: 'refused',
    });
  }
  const request = includeOf(config, stack);
  const { include } = markerPaths(stack.containerDir, config.app, config.environment);
  const problems = findIncludeProblems(dump.stdout, include, request.routes);
  if (problems.length === 0) return;
  const { service: proxyService } = config.proxy;
  throw unpreparedProxy({ ...request, proxyService, hostDir: stack.configDir, problems });
}

function includeOf({ app, environment, services }: Config, stack: Stack): IncludeRequest {
  const { token, containerDir } = stack;
  const routes = services.flatMap(({ name, port }) =>
    port === null ? [] : [{ service: name, port }],
  );
  return { app, environment, token, containerDir, routes };
}
