import type { Config } from '../config/config';
import type { RunningStack } from '../domain/compose/stack-names';
import type { Problem } from '../domain/problem';
import { judgeTools } from '../domain/release/judge-host';
import { judgeLease } from '../domain/release/judge-lease';
import { readFacts, type HostFacts } from '../domain/release/host-facts';
import { composeLabel, label, ofApp } from '../domain/release/labels';
import { describeHolder } from '../domain/release/describe-holder';
import { RemoteFailure, ShiplockError, messageOf } from '../errors';
import { lookAtHost, type HostLook } from '../operations/look-at-host';
import type { Engine } from '../platform/docker-api';
import type { EngineVersion } from '../platform/docker-api/types';
import type { HostRun, Session } from './deploy-tools';

/** The team's stack as it runs on the host. */
export interface RunningProject extends RunningStack {
  readonly directory: string;
  /** Services that run at this moment. */
  readonly running: readonly string[];
}

/** S0 and the first half of S1: what the host is, what is on record, who holds it; nothing was touched. */
export interface Survey {
  readonly look: HostLook;
  readonly facts: HostFacts;
  readonly base: string;
  readonly version: EngineVersion | null;
  readonly project: RunningProject | null;
  /** Keepers that run now: deploy id and container. */
  readonly keepers: readonly { readonly deploy: string; readonly container: string }[];
  readonly problems: readonly Problem[];
}

/** Looks at one host. */
export async function survey({ session, config, facts }: HostRun): Promise<Survey> {
  const [look, engine] = await Promise.all([
    lookAtHost(session.host, config.app, config.environment, facts.docker),
    askEngine(session, config),
  ]);
  const read = readFacts(look);
  const base = look.bases[0] ?? look.writableBases[0] ?? '';
  return {
    look,
    facts: read,
    base,
    version: engine.version,
    project: engine.project,
    keepers: engine.keepers,
    problems: [
      ...engine.problems,
      ...judgeTools({ engine: engine.version, ...look }),
      ...judgeBase(look, base),
      ...judgeHolder(read, engine.keepers, look.clock),
    ],
  };
}

function judgeBase(look: HostLook, base: string): Problem[] {
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

function judgeHolder(facts: HostFacts, keepers: Survey['keepers'], nowSeconds: number): Problem[] {
  const judged = judgeLease(
    facts.lease,
    keepers.map(({ deploy }) => deploy),
    nowSeconds,
  );
  if (judged.kind !== 'held') return [];
  return [
    {
      path: 'lease',
      says: `is held: ${describeHolder(judged.holder)}`,
      fix: 'wait until that run has ended on the server; its keeper frees the lease by itself',
    },
  ];
}

interface EngineAnswers {
  readonly version: EngineVersion | null;
  readonly project: RunningProject | null;
  readonly keepers: Survey['keepers'];
  readonly problems: readonly Problem[];
}

async function askEngine({ engine }: Session, config: Config): Promise<EngineAnswers> {
  try {
    const [version, keepers, project] = await Promise.all([
      engine.version(),
      engine.listContainers({ labels: [...ofApp(config.app, config.environment), label.keeper] }),
      findProject(engine, config),
    ]);
    return {
      version,
      project,
      keepers: keepers.map(({ id, labels }) => ({
        deploy: labels[label.keeper] ?? '',
        container: id,
      })),
      problems: [],
    };
  } catch (thrown) {
    if (
      !(thrown instanceof ShiplockError) ||
      (thrown instanceof RemoteFailure && thrown.reason === 'lost')
    )
      throw thrown;
    const says = `does not answer: ${messageOf(thrown)}`;
    const fix =
      thrown.hint ??
      'start Docker on the server, and let this user reach its socket (group docker)';
    return { version: null, project: null, keepers: [], problems: [{ path: 'Docker', says, fix }] };
  }
}

/** The team's own stack: by project name, else by folder, else the project that has the app's name. */
async function findProject(engine: Engine, config: Config): Promise<RunningProject | null> {
  const all = await engine.listContainers({ labels: [composeLabel.project], all: true });
  const foreign = all.filter(({ labels }) => labels[label.app] === undefined);
  const found = foreign.find(({ labels }) => isStackOf(config, labels));
  const project = found?.labels[composeLabel.project];
  if (found === undefined || project === undefined) return null;
  const own = foreign.filter(({ labels }) => labels[composeLabel.project] === project);
  const details = await Promise.all(own.map(({ id }) => engine.inspectContainer(id)));
  return {
    project,
    directory: found.labels[composeLabel.workingDir] ?? '',
    containers: details.map(({ labels, mounts }) => ({
      service: labels[composeLabel.service] ?? '',
      volumes: mounts.filter(({ type }) => type === 'volume'),
    })),
    running: own
      .filter(({ state }) => state === 'running')
      .map(({ labels }) => labels[composeLabel.service] ?? ''),
  };
}

function isStackOf(config: Config, labels: Readonly<Record<string, string>>): boolean {
  if (config.project !== null) return labels[composeLabel.project] === config.project;
  if (config.directory !== null) return labels[composeLabel.workingDir] === config.directory;
  return labels[composeLabel.project] === config.app;
}
