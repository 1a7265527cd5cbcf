import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, ConfigOverrides } from '../config/config';
import { loadConfig } from '../config/load';
import { Refusal } from '../domain/problem';
import { ShiplockError } from '../errors';
import type { InputsOf } from '../contract/define-action';
import type { hostInputs, imageInputs, switchInputs } from '../contract/release-fields';
import { systemClock } from '../platform/clock';
import type { GithubFacts } from '../platform/github/github-facts';
import type { Log } from '../platform/log';
import type { ActionState } from '../platform/github/run-action';
import type { DeployReport } from '../report/deploy-report';
import { logLines } from '../report/log-lines';
import { beginReport, refusedReport } from '../transactions/release/build-report';
import type { DeployTools, ReleaseRequest, RunFacts } from '../transactions/release/deploy-tools';
import { resultOf, tellRest } from './release-result';
import { accessOf, serverTools } from './server-tools';

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
    proxyJump: inputs['proxy-jump'],
    bakeMs: inputs.bake,
    drainMs: inputs.drain,
    keepOld: inputs['keep-old'],
  };
  return loadConfig(text, { file: inputs.config, environment: inputs.environment, overrides });
}

/** Who asks for this release, and with which credentials. */
export function runFacts({ inputs, env }: ReleaseContext): RunFacts {
  const username = inputs['registry-username'];
  const password = inputs['registry-password'];
  return {
    url: env.runUrl ?? 'a run outside of GitHub',
    actor: env.actor === '' ? 'somebody' : env.actor,
    attempt: Number(env.runAttempt) || 1,
    docker: inputs.docker.split(' '),
    keeperImage: inputs['keeper-image'] ?? keeperImage,
    credentials:
      username === undefined || password === undefined ? undefined : { username, password },
  };
}

/** The real servers, and the log that people read. */
export function releaseTools({ inputs, log, signal }: ReleaseContext): DeployTools {
  return serverTools(accessOf(inputs), {
    signal,
    tell: (step) => {
      logLines(step).forEach((line) => {
        log.line(line);
      });
    },
  });
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
  asked: { readonly kind: DeployReport['kind']; readonly version: string },
  transact: (request: ReleaseRequest, tools: DeployTools) => Promise<DeployReport>,
): Promise<ReturnType<typeof resultOf> & { readonly error?: string }> {
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
  const begun = beginReport(asked.kind, request, systemClock);
  const report = await transact(request, releaseTools(context)).catch((thrown: unknown) => {
    if (thrown instanceof Refusal) return thrown;
    throw thrown;
  });
  rememberKeeper(state, null);
  if (report instanceof Refusal) {
    const told = resultOf(refusedReport(begun, report, asked.version, systemClock));
    return { ...told, error: `${report.message}\n${report.hint ?? ''}` };
  }
  tellRest(log, report);
  return resultOf(report);
}
