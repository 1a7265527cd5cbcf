import type { Config } from '../../config/config';
import { composeConfig, type ComposeConfig } from '../../domain/compose/compose-config';
import { sharedServices } from '../../domain/compose/shared-services';
import { checkStackNames } from '../../domain/compose/stack-names';
import { parseJson } from '../../domain/json';
import type { Problem } from '../../domain/problem';
import type { Markers } from '../../domain/proxy/markers';
import { tokenIn } from '../../domain/proxy/driver';
import type { PlacedRelease } from '../../domain/records/plan';
import type { Release } from '../../domain/records/release';
import { adoptedRelease } from '../../domain/release/adopted-release';
import type { Evaluation } from '../../operations/release/evaluate-compose';
import { hostPath } from '../../operations/release/release-files';
import { typed } from '../../operations/release/typed';
import type { HostRun } from './deploy-tools';
import type { Findings } from './findings';
import { folderProblems } from './folder-problems';
import { judgeStack } from '../../domain/release/judge-names';
import { liveRelease } from './live-release';
import { placeProxy, type ProxyPlace } from './place-proxy';
import type { Survey } from './survey';

/** The team's stack on one host, as evaluated there. */
export interface Stack extends ProxyPlace {
  readonly compose: ComposeConfig;
  readonly directory: string;
  /** Makes the path of the confirmation impossible to guess; kept for as long as the include is. */
  readonly token: string;
  readonly markers: Markers;
  /** The include as it is now; null = there is none. */
  readonly include: string | null;
  readonly live: PlacedRelease | null;
  /** Every release on record, oldest first. */
  readonly recorded: readonly Release[];
  readonly shared: readonly string[];
}

/** S1, the stack: what holds of it; null = there is no compose file to judge, and it is said why. */
export function readStack(run: HostRun, seen: Survey, findings: Findings): Stack | null {
  const { config, tools } = run;
  const { evaluation, directory } = seen;
  if (directory === '') findings.add(noDirectory);
  else if (evaluation === null) findings.add(silentShell);
  if (evaluation === null) return null;
  findings.add(...folderProblems(run, seen, evaluation));
  const compose = composeOf(evaluation, directory, findings);
  if (compose === null) {
    liveRelease(config, seen, evaluation, { project: '', adopted: null }, findings);
    return null;
  }
  const place = placeProxy(config, seen, compose, findings);
  findings.add(...rivalProjects(seen));
  findings.add(...checkStackNames(compose, seen.project), ...unknownServices(config, compose));
  const meant = { ...config, project: compose.name, directory, named: config.project !== null };
  const foreign = judgeStack(meant, seen.facts.ledger, seen.labels);
  findings.add(...foreign);
  const adopted = adoptedRelease(seen.project?.plain ?? [], {
    project: compose.name,
    services: config.services,
    ledger: seen.facts.ledger,
    now: new Date(tools.clock.now()).toISOString(),
  });
  return {
    compose,
    directory,
    ...place,
    token: tokenIn(evaluation.include) ?? tools.random(16),
    markers: evaluation,
    include: evaluation.include,
    // What serves beside another stack says nothing about this one.
    live:
      foreign.length > 0
        ? null
        : liveRelease(config, seen, evaluation, { project: compose.name, adopted }, findings),
    recorded: seen.facts.ledger,
    shared: sharedServices(compose, config),
  };
}

/** Which of several stacks is meant nobody can tell from the folder. */
function rivalProjects({ project, directory }: Survey): Problem[] {
  if (project === null || project.rivals.length === 0) return [];
  const names = [project.project, ...project.rivals].sort();
  return [
    {
      path: 'project',
      says: `is not set, and several stacks run from ${directory}: ${names.join(', ')}`,
      fix: 'set project in shiplock.yml to the one that is meant',
    },
  ];
}

const noDirectory: Problem = {
  path: 'directory',
  says: 'is not known, because no stack of this app runs on the host',
  fix: 'set directory in shiplock.yml to the folder on the server that holds .env and the bind mounts',
};

const silentShell: Problem = {
  path: 'compose',
  says: 'could not be evaluated: the login shell of this user ended the script',
  fix: 'let this user have a login shell that runs POSIX sh',
};

const nothingRecorded: Problem = {
  path: '',
  says: 'no release of this app and environment is on record on this server',
  fix: 'deploy one first, or correct app and environment',
};

function composeOf(
  evaluation: Evaluation,
  directory: string,
  findings: Findings,
): ComposeConfig | null {
  if (evaluation.document !== null) return documentOf(evaluation, evaluation.document, findings);
  if (evaluation.obstacle !== '') {
    findings.add({
      path: '/tmp',
      says: `cannot take the compose files for their evaluation: ${evaluation.obstacle}`,
      fix: 'make room there, and let this user write to it',
    });
  } else if (!evaluation.directoryExists) {
    findings.add({
      path: 'directory',
      says: `${directory} does not exist on the host`,
      fix: 'make it there, with the .env of the stack, or correct directory in shiplock.yml',
    });
  } else if (evaluation.composeVersion === null) {
    findings.add(nothingRecorded);
  } else if (evaluation.composeVersion !== '') {
    // Without Compose there is nobody who could have refused anything.
    findings.add({
      path: 'compose',
      says: `docker compose config refused the files: ${evaluation.said}`,
      fix: `try it on the server: ${typed(['docker', 'compose', '--project-directory', directory, 'config'])}`,
    });
  }
  return null;
}

/** What is printed with exit code 0 and is no project, comes from a wrapper of docker or a Compose that nobody knows; it may hold secrets and is not shown. */
function documentOf(
  { composeVersion }: Evaluation,
  document: string,
  findings: Findings,
): ComposeConfig | null {
  const parsed = composeConfig.safeParse(parseJson(document));
  if (parsed.success) return parsed.data;
  const [path] = parsed.error.issues.map((issue) => issue.path.join('.'));
  const what =
    parseJson(document) === undefined ? 'no JSON' : `a document that is no project (at ${path})`;
  findings.add(
    composeVersion === null
      ? {
          path: hostPath.sharedCompose('.').replace('./', ''),
          says: `of the last release holds ${what}`,
          fix: 'deploy a version instead: that writes it anew',
        }
      : {
          path: 'compose',
          says: `docker compose config printed ${what}, and said it had succeeded (Compose ${composeVersion})`,
          fix: 'see what docker compose config --format json prints on the server, without a wrapper or an alias of docker in between, and install a Compose from Docker or the distribution',
        },
  );
  return null;
}

function unknownServices(config: Config, compose: ComposeConfig): Problem[] {
  const known = Object.keys(compose.services).join(', ');
  const wanted = [
    ...config.services.map(({ name }) => ({ path: `release.${name}`, name })),
    ...(config.proxy.service === null || config.proxy.project !== null
      ? []
      : [{ path: 'proxy.service', name: config.proxy.service }]),
    ...(config.migrate === null ? [] : [{ path: 'migrate.service', name: config.migrate.service }]),
  ];
  return wanted
    .filter(({ name }) => !Object.hasOwn(compose.services, name))
    .map(({ path, name }) => ({
      path,
      says: `the compose file has no service ${name}`,
      fix: `name one of ${known}`,
    }));
}
