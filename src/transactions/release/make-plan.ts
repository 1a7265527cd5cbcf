import { driverOf } from '../../domain/proxy/drivers';
import type { PlacedRelease, Plan } from '../../domain/records/plan';
import { fileOwner } from '../../domain/release/engine-access';
import type { HostRun } from './deploy-tools';
import type { Preflight } from './preflight';

/** The runner is taken for gone after this silence; a cancelled job is killed 10 s after its signal. */
const silenceMs = 20_000;
const confirmations = 3;

/** What is to be done on a host: which release, as which deploy, and whether its containers are there already. */
export interface Task {
  readonly kind: Plan['kind'];
  readonly deploy: string;
  readonly target: PlacedRelease;
  readonly startTarget: boolean;
}

/** What the keeper is to follow on one host. */
export function makePlan({ config, facts }: HostRun, { seen, stack }: Preflight, task: Task): Plan {
  const { forgetMs, keepsConnections } = driverOf(config.proxy);
  const { app, environment, bakeMs, drainMs, lingerMs, keepOld, retain } = config;
  return {
    schema: 1,
    ...task,
    ...{ app, environment, bakeMs, drainMs, lingerMs, keepOld, retain },
    epoch: (seen.facts.lease?.epoch ?? 0) + 1,
    base: seen.base,
    project: stack.compose.name,
    run: facts.url,
    actor: facts.actor,
    live: stack.live,
    proxy: {
      kind: config.proxy.kind,
      home: stack.home,
      markers: `${stack.configDir}/${app}-${environment}`,
      token: stack.token,
      confirmUrl: config.proxy.confirmUrl,
      confirmations,
      forgetMs,
      keepsConnections,
    },
    verify: [...config.verify],
    silenceMs,
    owner: fileOwner(seen.look, seen.rootless),
  };
}

/** How long a keeper can take at most after its go, in milliseconds, before its silence means that something is wrong. */
export function longestMs(plan: Plan): number {
  const services = [plan.target, plan.live].flatMap((placed) => placed?.release.services ?? []);
  const gates = services.map(({ health }) => health.deadlineMs);
  const graces = services.map(({ stopGraceMs }) => stopGraceMs);
  const checks = plan.verify.map(({ deadlineMs }) => deadlineMs);
  const slack = 120_000;
  return (
    3 * Math.max(0, ...gates) +
    4 * Math.max(0, ...graces) +
    Math.max(0, ...checks) +
    (plan.bakeMs + plan.lingerMs + 2 * plan.drainMs + slack)
  );
}
