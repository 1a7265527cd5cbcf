import { composeImages } from '../domain/compose/service-images';
import { assignImages } from '../domain/images/assign';
import { formatReference } from '../domain/images/reference';
import type { Problem } from '../domain/problem';
import { describeStrays } from '../domain/release/describe-strays';
import { judgeTools } from '../domain/release/judge-host';
import { resolveImages } from '../operations/resolve-images';
import { checkProxy } from './check-proxy';
import type { HostRun } from './deploy-tools';
import type { Findings } from './findings';
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

/** S1 on one host, all judgement: adds every problem to the findings; null = too little is known to plan anything. */
export function preflight(run: HostRun, seen: Survey, findings: Findings): Preflight | null {
  const composeVersion = seen.evaluation?.composeVersion ?? null;
  findings.add(
    ...seen.complaints,
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
function warningsOf({ config, tools }: HostRun, { project }: Survey, stack: Stack): string[] {
  const names = { project: stack.compose.name, services: config.services };
  const strays = describeStrays(project?.plain ?? [], stack.live, names);
  if (strays === null) return [];
  tools.tell({ step: 'lease', phase: 'note', text: `warning: ${strays}` });
  return [strays];
}

/** Resolves what is to be released to digests, once, before anything is touched; adds what cannot be to the findings. */
export async function chooseImages(
  { session, config, facts }: HostRun,
  lines: readonly string[],
  { compose }: Stack,
  findings: Findings,
): Promise<Readonly<Record<string, string>>> {
  const wanted = composeImages(compose, config);
  const assigned = await findings.from(() => assignImages(lines, wanted));
  if (assigned === null) return standIns(Object.keys(wanted));
  const auth = registryAuth(facts, Object.values(assigned).map(formatReference));
  const { images, problems } = await resolveImages(session.engine, assigned, auth);
  findings.add(...problems);
  return { ...standIns(Object.keys(wanted)), ...images };
}

/** Images that nothing is made of: with one of them the host is refused, but what else is wrong with its service is told too. */
function standIns(services: readonly string[]): Record<string, string> {
  const digest = `sha256:${'0'.repeat(64)}`;
  return Object.fromEntries(services.map((name) => [name, `unresolved@${digest}`]));
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
