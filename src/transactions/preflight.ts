import { sharedToStart } from '../domain/compose/shared-services';
import type { Problem } from '../domain/problem';
import { describeStrays } from '../domain/release/describe-strays';
import { judgeDocker } from '../domain/release/judge-docker';
import { describeOldCompose, judgeTools } from '../domain/release/judge-host';
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
    ...judgeBase(seen),
    ...judgeHolder(seen),
  );
  const stack = readStack(run, seen, findings);
  if (stack === null) return null;
  checkProxy(run.config, seen, stack, findings);
  return { seen, stack, warnings: warningsOf(run, seen, stack) };
}

/** Told at once and in the report, because nothing else may come of the run. */
function warningsOf(
  { config, tools }: HostRun,
  { project, facts, evaluation }: Survey,
  { compose, live }: Stack,
): string[] {
  const strays = describeStrays(project?.plain ?? [], live, {
    project: compose.name,
    services: config.services,
    warm: config.keepOld === 'running' && facts.state?.previous?.slot === 'adopted',
  });
  const old = describeOldCompose(evaluation?.composeVersion ?? null);
  const warnings = [strays, old].filter((text) => text !== null);
  for (const text of warnings)
    tools.tell({ step: 'lease', phase: 'note', text: `warning: ${text}` });
  return warnings;
}

/** Shared services that do not run yet, in the order in which they need each other. */
export function missingShared({ seen, stack }: Preflight): readonly string[] {
  return sharedToStart(stack.compose, stack.shared, (name) => runs(seen, name));
}

function judgeBase({ look, base, bases }: Survey): Problem[] {
  if (look.bases.length > 1) {
    return [
      {
        path: look.bases.join(' and '),
        says: 'both hold records of this app and environment',
        fix: 'keep the one that is true, move the other away, and deploy as the same user each time',
      },
    ];
  }
  const others = bases.filter((other) => other !== base);
  if (others.length > 0) {
    return [
      {
        path: others.join(' and '),
        says: `holds the records of the containers that run here, and ${look.user} would begin anew in ${base}`,
        fix: `deploy as the user who did before, or move that folder to ${base} and give it to ${look.user}`,
      },
    ];
  }
  if (base !== '') return [];
  return [
    {
      path: '/var/lib/shiplock',
      says: `cannot be made by ${look.user}, and neither can ~/.shiplock`,
      fix: `run once on the server: sudo install -d -o ${look.user} /var/lib/shiplock`,
    },
  ];
}
