import { sharedToStart } from '../../domain/compose/shared-services';
import type { Problem } from '../../domain/problem';
import { describeStrays } from '../../domain/release/describe-strays';
import { judgeDocker } from '../../domain/release/judge-docker';
import { judgeBases } from '../../domain/release/judge-folders';
import { describeOldCompose, judgeTools } from '../../domain/release/judge-host';
import { judgeNames } from '../../domain/release/judge-names';
import { checkManaged, managedWarning } from './check-managed';
import { checkProxy } from './check-proxy';
import type { HostRun } from './deploy-tools';
import type { Findings } from './findings';
import { judgeHolder } from './judge-holder';
import { readStack, type Stack } from './read-stack';
import { runs, type Survey } from './survey';

/** What is known of a host once everything was looked at and nothing stands in the way. */
export interface Preflight {
  readonly seen: Survey;
  readonly stack: Stack;
  /** What stands in nobody's way and should be known. */
  readonly warnings: readonly string[];
}

/** S1 on one host, all judgement: adds every problem to the findings; null = too little is known to plan anything. */
export function preflight(run: HostRun, seen: Survey, findings: Findings): Preflight | null {
  const composeVersion = seen.evaluation?.composeVersion ?? null;
  findings.add(
    ...judgeDocker({ ...seen.look, docker: run.facts.docker }, seen.silence),
    ...judgeTools({ ...seen.look, engine: seen.version, composeVersion }),
    ...judgeBases({ ...seen.look, base: seen.base, labelled: seen.bases }),
    ...judgeNames(run.config, seen.look.twins, seen.labels),
    ...judgeHolder(seen),
  );
  const stack = readStack(run, seen, findings);
  if (stack === null) return null;
  checkProxy(run.config, seen, stack, findings);
  findings.add(...takenPorts(seen, stack));
  checkManaged(run.config, seen, stack, findings);
  return { seen, stack, warnings: warningsOf(run, seen, stack) };
}

/** Told at once and in the report, because nothing else may come of the run. */
function warningsOf({ config, tools }: HostRun, seen: Survey, { compose, live }: Stack): string[] {
  const { project, facts, evaluation } = seen;
  const strays = describeStrays(project?.plain ?? [], live, {
    project: compose.name,
    services: config.services,
    warm: config.keepOld === 'running' && facts.state?.previous?.slot === 'adopted',
  });
  const old = describeOldCompose(evaluation?.composeVersion ?? null);
  const warnings = [strays, old, managedWarning(config, seen)].filter((text) => text !== null);
  for (const text of warnings)
    tools.tell({ step: 'lease', phase: 'note', text: `warning: ${text}` });
  return warnings;
}

/** Shared services that do not run yet, in the order in which they need each other. */
export function missingShared({
  seen,
  stack,
}: Pick<Preflight, 'seen' | 'stack'>): readonly string[] {
  return sharedToStart(stack.compose, stack.shared, (name) => runs(seen, name));
}

/** Ports of the server that a shared service wants which does not run yet, and that somebody else listens on. */
function takenPorts(seen: Survey, stack: Stack): Problem[] {
  return missingShared({ seen, stack }).flatMap((name) =>
    (stack.compose.services[name]?.ports ?? [])
      .filter(({ protocol = 'tcp' }) => protocol === 'tcp')
      .filter(({ published }) => seen.look.listening.includes(Number(published)))
      .map(({ published }) => ({
        path: `services.${name}.ports`,
        says: `wants port ${String(published)} of the server, on which another program listens`,
        fix: `stop that program (sudo ss -ltnp shows it), or publish another port`,
      })),
  );
}
