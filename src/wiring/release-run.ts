import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, ConfigOverrides } from '../config/config';
import { loadConfig } from '../config/load';
import { ShiplockError } from '../errors';
import type { InputsOf } from '../contract/define-action';
import type { hostInputs, imageInputs, switchInputs } from '../contract/release-fields';
import type { GithubFacts } from '../platform/github-facts';
import type { Log } from '../platform/log';
import type { ActionState } from '../platform/run-action';
import type { PackedFile } from '../platform/tar';
import type { DeployReport } from '../report/deploy-report';
import { boundedReport } from '../report/bounded-report';
import { deploySummary } from '../report/deploy-summary';
import { logLines } from '../report/log-lines';
import type { DeployTools, ReleaseRequest, RunFacts } from '../transactions/deploy-tools';
import { agentSocket } from '../platform/agent-socket';
import { serverTools } from './server-tools';

/** Seen in several public places; see docs/architecture.md. */
export const keeperImage =
  'node:24-alpine@sha256:a0b9bf06e4e6193cf7a0f58816cc935ff8c2a908f81e6f1a95432d679c54fbfd';

type ReleaseInputs = InputsOf<typeof hostInputs & typeof imageInputs & typeof switchInputs>;

/** What deploy and rollback have in common when they start. */
export interface ReleaseContext {
  readonly inputs: ReleaseInputs;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly env: GithubFacts;
  readonly workspace: string;
}

/** Reads shiplock.yml, with the inputs laid over it. */
export async function readConfig({ inputs, workspace }: ReleaseContext): Promise<Config> {
  const path = join(workspace, inputs.config);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ShiplockError(`the configuration ${inputs.config} cannot be read`, {
      hint: 'Check the repository out first (actions/checkout), and name the file in the input config if it is not shiplock.yml.',
      cause,
      fault: 'user',
      verdict: 'refused',
    });
  });
  const overrides: ConfigOverrides = {
    hosts: inputs.hosts,
    bakeMs: inputs.bake,
    drainMs: inputs.drain,
    keepOld: inputs['keep-old'],
  };
  return loadConfig(text, { file: inputs.config, environment: inputs.environment, overrides });
}

/** Reads the compose files of the checkout. */
export async function readComposeFiles(config: Config, workspace: string): Promise<PackedFile[]> {
  return Promise.all(
    config.compose.map(async (path) => {
      const content = await readFile(join(workspace, path), 'utf8').catch((cause: unknown) => {
        throw new ShiplockError(`the compose file ${path} cannot be read`, {
          hint: 'Name the files under compose in shiplock.yml, relative to the repository.',
          cause,
          fault: 'user',
          verdict: 'refused',
        });
      });
      return { path, content };
    }),
  );
}

/** Who asks for this release, and with which credentials. */
export function runFacts({ inputs, env }: ReleaseContext): RunFacts {
  const username = inputs['registry-username'];
  const password = inputs['registry-password'];
  return {
    url: env.runUrl ?? 'a run outside of GitHub',
    actor: env.actor === '' ? 'somebody' : env.actor,
    attempt: Number(env.runAttempt) || 1,
    docker: ['docker'],
    keeperImage: inputs['keeper-image'] ?? keeperImage,
    credentials:
      username === undefined || password === undefined ? undefined : { username, password },
  };
}

/** The real servers, and the log that people read. */
export function releaseTools({ inputs, log, signal }: ReleaseContext): DeployTools {
  return serverTools(
    {
      privateKey: inputs['ssh-key'],
      passphrase: inputs['ssh-key-passphrase'],
      agentSocket: agentSocket(),
      knownHosts: inputs['known-hosts'],
    },
    {
      signal,
      tell: (step) => {
        logLines(step).forEach((line) => {
          log.line(line);
        });
      },
    },
  );
}

/** What the live log has not told yet: a dry run's plan, and what to do about a failure on the runner's side. */
function tellRest(log: Log, { failure, dryRun }: DeployReport): void {
  for (const { host, lines } of dryRun ?? []) {
    log.line(`Plan for ${host}; nothing was changed:`);
    for (const line of lines) log.line(`  ${line}`);
  }
  if (failure === null) return;
  log.line(failure.reason);
  if (failure.hint !== null) log.line(failure.hint);
}

const exitCodes: Readonly<Record<DeployReport['verdict'], number>> = {
  deployed: 0,
  'rolled-back': 1,
  failed: 1,
  unproven: 2,
  refused: 3,
};

/** A report as outputs, summary and exit code; a rollback that arrived is what was asked for. */
export function resultOf(report: DeployReport): {
  readonly outputs: {
    readonly verdict: DeployReport['verdict'] | undefined;
    readonly release: string | undefined;
    readonly previous: string | undefined;
    readonly slot: string | undefined;
    readonly digests: Record<string, string>;
    readonly duration: number;
    readonly report: DeployReport;
  };
  readonly summary: string;
  readonly exitCode: number;
} {
  const [host] = report.hosts;
  const arrived = report.kind === 'rollback' && report.verdict === 'rolled-back';
  return {
    outputs: {
      // A dry run decided nothing, and no later step may take it for a deploy.
      verdict: report.dryRun === null ? report.verdict : undefined,
      release: report.release ?? undefined,
      previous: report.previous ?? undefined,
      slot: host?.slot ?? undefined,
      digests: host?.digests ?? {},
      duration: report.durationMs,
      report: boundedReport(report),
    },
    summary: deploySummary(report),
    exitCode: arrived || report.dryRun !== null ? 0 : exitCodes[report.verdict],
  };
}

const keeperState = 'shiplock-keeper';

/** Leaves the keeper's container for `post`, which runs also when this process is killed; null = main saw its end. */
function rememberKeeper(state: ActionState, container: string | null): void {
  state.save(keeperState, container ?? '');
}

/** The keeper whose end main did not see; null when there is none. */
export function recallKeeper(state: ActionState): string | null {
  const container = state.get(keeperState);
  return container === '' ? null : container;
}

/** What deploy and rollback do around their transaction: inputs to a request, a report to outputs; `post` finds the keeper in between. */
export async function runRelease(
  context: ReleaseContext & { readonly state: ActionState },
  transact: (request: ReleaseRequest, tools: DeployTools) => Promise<DeployReport>,
): Promise<ReturnType<typeof resultOf>> {
  const { inputs, state, log } = context;
  const request: ReleaseRequest = {
    config: await readConfig(context),
    facts: runFacts(context),
    env: Object.fromEntries(inputs.env),
    dryRun: inputs['dry-run'],
    onKeeper: (container) => {
      rememberKeeper(state, container);
    },
  };
  const report = await transact(request, releaseTools(context));
  rememberKeeper(state, null);
  tellRest(log, report);
  return resultOf(report);
}
