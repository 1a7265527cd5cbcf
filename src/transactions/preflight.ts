import { composeImages } from '../domain/compose/service-images';
import { assignImages } from '../domain/images/assign';
import { formatReference } from '../domain/images/reference';
import { refusal, type Problem } from '../domain/problem';
import { describeStrays } from '../domain/release/describe-strays';
import { judgeTools } from '../domain/release/judge-host';
import { resolveImages } from '../operations/resolve-images';
import { checkProxy, routeProblems } from './check-proxy';
import type { HostRun } from './deploy-tools';
import { judgeHolder } from './judge-holder';
import { readStack, type Stack } from './read-stack';
import { registryAuth } from './registry-auth';
import { runs, type Survey } from './survey';

/** What is known of a host once everything was looked at and nothing stands in the way. */
export interface Preflight {
  readonly seen: Survey;
  readonly stack: Stack;
  /** What stands in nobody's way and should be known. */
  readonly warnings: readonly string[];
}

/** S1 on one host, all judgement: throws one refusal that lists every problem. */
export function preflight(run: HostRun, seen: Survey): Preflight {
  const problems: Problem[] = [
    ...seen.complaints,
    ...judgeTools({
      ...seen.look,
      engine: seen.version,
      composeVersion: seen.evaluation?.composeVersion ?? null,
    }),
    ...judgeBase(seen),
    ...judgeHolder(seen),
  ];
  const noCompose = seen.evaluation?.composeVersion === '';
  const stack = noCompose ? null : readStack(run, seen, problems);
  if (stack !== null) {
    problems.push(...routeProblems(run.config, stack));
  }
  if (problems.length > 0 || stack === null) throw refusal(run.session.host.name, problems);
  checkProxy(run, seen, stack);
  return { seen, stack, warnings: warningsOf(run, seen, stack) };
}

/** Told at once and in the report, because nothing else may come of the run. */
function warningsOf({ config, tools }: HostRun, { project }: Survey, stack: Stack): string[] {
  const names = { project: stack.compose.name, services: config.services };
  const strays = describeStrays(project?.plain ?? [], stack.live, names);
  if (strays === null) return [];
  tools.tell({ step: 'lease', phase: 'note', text: `warning: ${strays}` });
  return [strays];
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

/** Shared services that do not run yet, in the order in which they need each other. */
export function missingShared({ seen, stack }: Preflight): readonly string[] {
  return stack.shared.filter((name) => !runs(seen, name));
}

function judgeBase({ look, base }: Survey): Problem[] {
  if (look.bases.length > 1) {
    return [
      {
        path: look.bases.join(' and '),
        says: 'both hold records of this app and environment',
        fix: 'keep the one that is true, move the other away, and deploy as the same user each time',
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
