import type { Config } from '../config/config';
import type { PlacedRelease, Plan } from '../domain/records/plan';
import type { RunFacts } from './deploy-tools';
import type { Stack } from './draft';
import type { Survey } from './survey';

/** The runner is taken for gone after this silence; a cancelled job is killed 10 s after its signal. */
const silenceMs = 20_000;
const confirmations = 3;

/** What the keeper is to follow on one host. */
export function makePlan(parts: {
  readonly kind: Plan['kind'];
  readonly config: Config;
  readonly facts: RunFacts;
  readonly seen: Survey;
  readonly stack: Stack;
  readonly deploy: string;
  readonly epoch: number;
  readonly token: string;
  readonly target: PlacedRelease;
  readonly startTarget: boolean;
}): Plan {
  const { kind, config, facts, seen, stack, deploy, epoch, token, target, startTarget } = parts;
  return {
    schema: 1,
    kind,
    deploy,
    epoch,
    app: config.app,
    environment: config.environment,
    base: seen.base,
    run: facts.url,
    actor: facts.actor,
    target,
    startTarget,
    live: stack.live,
    proxy: {
      kind: config.proxy.kind,
      project: stack.compose.name,
      service: config.proxy.service,
      markers: `${stack.configDir}/${config.app}-${config.environment}`,
      token,
      confirmUrl: config.proxy.confirmUrl,
      confirmations,
    },
    verify: [...config.verify],
    bakeMs: config.bakeMs,
    drainMs: config.drainMs,
    lingerMs: config.lingerMs,
    keepOld: config.keepOld,
    retain: config.retain,
    silenceMs,
    owner: { uid: seen.look.uid, gid: seen.look.gid },
  };
}

/** How long the committed half can take at most, in milliseconds, before its silence means that something is wrong. */
export function longestMs(plan: Plan): number {
  const gates = plan.target.release.services.map(({ health }) => health.deadlineMs);
  const graces = [plan.target, plan.live]
    .flatMap((placed) => placed?.release.services ?? [])
    .map(({ stopGraceMs }) => stopGraceMs);
  const checks = plan.verify.map(({ deadlineMs }) => deadlineMs);
  const waits = [plan.bakeMs, plan.lingerMs, 2 * plan.drainMs, 120_000];
  return (
    Math.max(0, ...gates) * 2 +
    Math.max(0, ...graces) +
    Math.max(0, ...checks) +
    waits.reduce((sum, ms) => sum + ms, 0)
  );
}
