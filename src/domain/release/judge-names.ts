import { slotProject } from '../compose/slot-names';
import type { Problem } from '../problem';
import type { Release } from '../records/release';
import { composeLabel, label } from './labels';

type Labels = Readonly<Record<string, string>>;
interface Names {
  readonly app: string;
  readonly environment: string;
}

/**
 * Names that others on the server have already. `a-b` in `c` and `a` in `b-c` are two apps with one name for their
 * containers, networks and proxy files; and a project of the team may be called like a slot.
 * @param twins `app/environment` of folders with the same name once joined @param containers labels of all containers
 */
export function judgeNames(
  names: Names,
  twins: readonly string[],
  containers: readonly Labels[],
): Problem[] {
  const joined = `${names.app}-${names.environment}`;
  const seen = containers.flatMap((labels) => {
    const [app = '', environment = ''] = [labels[label.app], labels[label.environment]];
    const same = `${app}-${environment}` === joined && app !== names.app;
    return same ? [`${app}/${environment}`] : [];
  });
  const slots = (['blue', 'green'] as const).map((slot) => slotProject(names, slot));
  const projects = containers
    .filter((labels) => labels[label.app] === undefined)
    .map((labels) => labels[composeLabel.project] ?? '')
    .filter((project) => slots.includes(project));
  return [
    ...[...new Set([...twins, ...seen])].map((twin) => {
      const [app = '', environment = ''] = twin.split('/');
      return {
        path: 'app',
        says: `${joined} is the name of app ${app} in environment ${environment} on this server, too: their containers and files would be mixed up`,
        fix: 'choose another name for the app or the environment',
      };
    }),
    ...[...new Set(projects)].map((project) => ({
      path: 'app',
      says: `a Compose project on this server is called ${project}, like a slot of this app`,
      fix: 'choose another name for the app or the environment, or rename that project',
    })),
  ];
}

/** The stack that a run means: its Compose project, its folder, and whether the project was named by hand. */
interface MeantStack extends Names {
  readonly project: string;
  readonly directory: string;
  readonly named: boolean;
}

/**
 * Whether the app's name, or its stack's, belongs to somebody else on the server: two repositories may have chosen the same one.
 * @param recorded releases of this app and environment, oldest first @param containers labels of all containers
 */
export function judgeStack(
  { app, environment, project, directory, named }: MeantStack,
  recorded: readonly Pick<Release, 'project'>[],
  containers: readonly Labels[],
): Problem[] {
  const before = recorded.findLast((one) => one.project !== undefined)?.project ?? project;
  const folders = containers
    .filter((labels) => labels[label.app] === undefined && labels[composeLabel.project] === project)
    .flatMap((labels) => labels[composeLabel.workingDir] ?? []);
  const [elsewhere] = folders.includes(directory) ? [] : folders;
  return [
    ...(before === project
      ? []
      : [
          {
            path: 'app',
            says: `${app} in ${environment} was released on this server beside the stack ${before}, and this one is ${project}`,
            fix: `if this is another app, give it another name; if the stack is the same, set project: ${before} in shiplock.yml`,
          },
        ]),
    ...(named || elsewhere === undefined
      ? []
      : [
          {
            path: 'project',
            says: `${project} is the stack in ${elsewhere} on this server, and not the one in ${directory}: Compose would take its containers and volumes for this one's`,
            fix: `if it is the same stack, set directory: ${elsewhere} in shiplock.yml; if not, set project to another name`,
          },
        ]),
  ];
}
