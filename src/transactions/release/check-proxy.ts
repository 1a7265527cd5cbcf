import type { Config } from '../../config/config';
import type { Problem } from '../../domain/problem';
import type { IncludeRequest } from '../../domain/proxy/driver';
import { driverOf } from '../../domain/proxy/drivers';
import { mountedPath } from '../../domain/proxy/mounted-path';
import { sudoersLine } from '../../domain/proxy/sudoers';
import type { ProxyAnswer } from '../../operations/release/reach-proxy';
import { typed } from '../../operations/release/typed';
import type { Findings } from './findings';
import { includeOf, wantedTarget } from './include-of';
import type { Stack } from './read-stack';
import type { Survey } from './survey';

/**
 * The proxy must read our include, and be able to: nothing may be switched that it would not see. One that does not run is
 * started by the release, so only its folder and its routes are judged.
 */
export function checkProxy(config: Config, seen: Survey, stack: Stack, findings: Findings): void {
  const driver = driverOf(config.proxy);
  const request = includeOf(config, stack, wantedTarget(config, stack));
  const mounted = stack.proxyDir !== '';
  // Without a mount there is no folder to judge; that it is missing is said already.
  if (mounted) findings.add(...driver.checkInclude(request));
  const judged = judgeBefore(config, seen, request);
  findings.add(...judged.problems);
  if ((mounted && judged.prepared) || !stack.hasProxy) return;
  if (mounted) findings.add(...olderThanMount(config, seen, stack));
  findings.explain(stepsFor(config, stack, request, seen.look.user));
}

/** The container may be older than the mount in the compose file. */
function olderThanMount(
  { proxy: { service, project: other } }: Config,
  { project }: Survey,
  { compose, configDir, proxyDir, directory }: Stack,
): Problem[] {
  if (service === null || other !== null || project?.proxy == null) return [];
  if (mountedPath(project.proxyMounts, configDir) === proxyDir) return [];
  const up = ['docker', 'compose', '-p', compose.name, 'up', '-d', '--no-deps', service];
  return [
    {
      path: service,
      says: `runs without the mount of ${configDir} that the compose file has by now`,
      fix: `let Compose make it anew on the server: ${typed(['cd', directory])} && ${typed(up)}`,
    },
  ];
}

/** What is wrong with a proxy, and whether its configuration takes our include in. */
export interface JudgedProxy {
  readonly problems: readonly Problem[];
  readonly prepared: boolean;
}

const sound: JudgedProxy = { problems: [], prepared: true };

function judgeBefore(
  config: Config,
  { proxyDump, evaluation, look }: Survey,
  request: IncludeRequest,
): JudgedProxy {
  if (proxyDump === null) return sound;
  const driver = driverOf(config.proxy);
  const written = evaluation?.include ?? null;
  // Who leaves the include as it is needs no right to reload it.
  if (!proxyDump.allowed && written === driver.include(request)) return sound;
  // What only the next include brings is judged when that is there.
  const waits =
    proxyDump.code !== 0 &&
    written !== null &&
    driver.waitsForInclude(proxyDump.stderr, written, request);
  return waits ? sound : judgeProxy(config, request, proxyDump, look.user);
}

/** Judges what the proxy says of the configuration that lies on the disk. @param user who asked it */
export function judgeProxy(
  config: Config,
  request: IncludeRequest,
  answer: ProxyAnswer,
  user: string,
): JudgedProxy {
  if (!answer.allowed) return { problems: [notAllowed(config, user, answer)], prepared: true };
  if (answer.code !== 0) return { problems: [unreadable(config, answer)], prepared: false };
  const services = config.services.flatMap(({ name, port }) => (port === null ? [] : [name]));
  const problems = driverOf(config.proxy).findProblems(answer.stdout, request, services);
  return { problems, prepared: problems.length === 0 };
}

/** What prepares the proxy, step by step. */
export function stepsFor(
  { proxy }: Config,
  { compose, directory, proxyMounts: mounts, configDir: hostDir, proxyDir }: Stack,
  request: IncludeRequest,
  user: string,
): string {
  const dir = proxyDir === '' ? null : proxyDir;
  const { service: proxyService } = proxy;
  const project = proxy.project ?? compose.name;
  const around = { project, directory, proxyService, mounts, hostDir, dir, user, typed };
  return driverOf(proxy).adoption({ ...request, ...around });
}

function unreadable({ proxy }: Config, { stderr }: ProxyAnswer): Problem {
  const { check } = driverOf(proxy);
  const project = proxy.project === null ? '' : ` -p ${proxy.project}`;
  const where = proxy.service === null ? 'sudo' : `docker compose${project} exec ${proxy.service}`;
  return {
    path: proxy.service ?? proxy.kind,
    says: `the proxy cannot read its own configuration, so it would not survive a restart: ${stderr.trim().slice(-800)}`,
    fix: `correct it until this passes: ${[where, ...check].join(' ')}`,
  };
}

/** Where the proxy of the host may not be asked: the line that allows just what it takes. */
function notAllowed({ app, proxy }: Config, user: string, { stderr }: ProxyAnswer): Problem {
  const { dump, reload } = driverOf(proxy);
  const tool = dump[0] ?? '';
  const line = sudoersLine(user, `/usr/sbin/${tool}`, [dump, reload]);
  return {
    path: 'proxy',
    says: `${user} may not read and reload the configuration of ${tool}, which this release changes: ${stderr.trim().slice(-200)}`,
    fix: `write this line to /etc/sudoers.d/shiplock-${app} on the server (with visudo -f, and the path of ${tool} there): ${line}`,
  };
}
