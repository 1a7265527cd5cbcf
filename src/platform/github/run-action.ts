import * as core from '@actions/core';
import type {
  Contract,
  InputFields,
  InputsOf,
  OutputFields,
  OutputsOf,
} from '../../contract/define-action';
import { parseInputs } from '../../contract/parse-inputs';
import { printOutputs } from '../../contract/print-outputs';
import { messageOf } from '../../errors';
import {
  asShiplockError,
  causeLines,
  failureSummary,
  failureText,
  inputRefusal,
} from './action-failure';
import { readGithubFacts, type GithubFacts } from './github-facts';
import { randomHex } from '../digest';
import { createLog, type Log } from '../log';
import { createMasks, type Masks } from './masks';
import { watchProcess } from './watch-process';

/** Texts that main leaves for post; both run as processes of their own. */
export interface ActionState {
  save(name: string, value: string): void;
  /** Empty when nothing was saved. */
  get(name: string): string;
}

/** What every action is handed. */
export interface ActionContext<Inputs extends InputFields> {
  readonly inputs: InputsOf<Inputs>;
  readonly log: Log;
  /** Aborted, with a ShiplockError as reason, when the run is cancelled. */
  readonly signal: AbortSignal;
  readonly state: ActionState;
  readonly env: GithubFacts;
  /** Absolute path of the checkout. */
  readonly workspace: string;
  /** Hides a secret that was met on the way, from now on and in the later steps too. */
  readonly mask: (secret: string) => void;
}

/** A remark on the run's page; the runner shows ten errors and ten warnings of a step. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** Path in the repository; empty = nowhere. */
  readonly file: string;
  readonly line: number | null;
}

export interface RunResult<Outputs extends OutputFields> {
  readonly outputs: OutputsOf<Outputs>;
  /** Variables for the later steps of the job. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Markdown for the job summary. */
  readonly summary: string;
  readonly exitCode: number;
  readonly annotations?: readonly Annotation[];
  /** Shown as an error on the run's page too; a refusal needs no log around it. */
  readonly error?: string;
}

/** The two halves of an action; post runs at the end of the job, also after a cancel, if main got good inputs. */
export interface ActionWork<Inputs extends InputFields, Outputs extends OutputFields, Deps> {
  readonly run: (context: ActionContext<Inputs>, deps: Deps) => Promise<RunResult<Outputs>>;
  readonly post?: (context: ActionContext<Inputs>, deps: Deps) => Promise<void>;
}

// What main saves for post: 'started' before anything, 'ready' once the inputs are good.
const phaseState = 'shiplock-phase';

const savedState: ActionState = { save: core.saveState, get: core.getState };

/** Runs an action as GitHub's runner starts it, inputs to outputs, summary and exit code; never rejects. */
export async function runAction<Inputs extends InputFields, Outputs extends OutputFields, Deps>(
  contract: Contract<Inputs, Outputs>,
  work: ActionWork<Inputs, Outputs, Deps>,
  deps: Deps,
): Promise<void> {
  const masks = createMasks();
  const log = githubLog(masks);
  const env = readGithubFacts(process.env);
  const workspace = process.env['GITHUB_WORKSPACE'] ?? process.cwd();
  const { signal, finish } = watchProcess(log);
  const contextOf = (inputs: InputsOf<Inputs>): ActionContext<Inputs> => {
    return { inputs, log, signal, state: savedState, env, workspace, mask: masker(masks) };
  };
  const phase = core.getState(phaseState);
  try {
    if (phase === '') {
      core.saveState(phaseState, 'started');
      const inputs = readInputs(contract, masks);
      core.saveState(phaseState, 'ready');
      const result = await work.run(contextOf(inputs), deps);
      annotate(result.annotations ?? [], masks);
      if (result.error !== undefined) showError(contract, result.error, masks);
      await report(contract.outputs, result, masks, log);
      finish(result.exitCode);
    } else {
      // Without good inputs main did nothing and said why; post has nothing to add.
      if (phase === 'ready') await work.post?.(contextOf(readInputs(contract, masks)), deps);
      finish(0);
    }
  } catch (thrown) {
    const error = asShiplockError(thrown, env.issuesUrl);
    for (const line of causeLines(error)) log.line(line);
    showError(contract, failureText(error), masks);
    if (phase === '') {
      if ('verdict' in contract.outputs) core.setOutput('verdict', error.verdict);
      await writeSummary(failureSummary(contract.title, error), masks, log);
    }
    finish(error.exitCode);
  }
}

function showError({ title }: { readonly title: string }, text: string, masks: Masks): void {
  core.error(masks.hide(text), { title });
}

const masker =
  (masks: Masks) =>
  (secret: string): void => {
    masks.add(secret).forEach(core.setSecret);
  };

function annotate(annotations: readonly Annotation[], masks: Masks): void {
  for (const { level, title, message, file, line } of annotations) {
    const place = file === '' ? {} : { file, ...(line === null ? {} : { startLine: line }) };
    const show = level === 'error' ? core.error : core.warning;
    show(masks.hide(message), { title: masks.hide(title), ...place });
  }
}

/** Reads the inputs after every secret among them is masked, so that no message about them can show one. */
function readInputs<Inputs extends InputFields>(
  contract: Contract<Inputs, OutputFields>,
  masks: Masks,
): InputsOf<Inputs> {
  const raw: Record<string, string> = {};
  for (const [name, field] of Object.entries(contract.inputs)) {
    const text = core.getInput(name, { trimWhitespace: false });
    field.secretsIn(text).forEach(masker(masks));
    raw[name] = text;
  }
  const parsed = parseInputs(contract, raw);
  if (!parsed.ok) throw inputRefusal(parsed.problems);
  return parsed.inputs;
}

async function report<Outputs extends OutputFields>(
  fields: Outputs,
  result: RunResult<Outputs>,
  masks: Masks,
  log: Log,
): Promise<void> {
  // The summary comes first: should an output break the contract, people still read what happened.
  await writeSummary(result.summary, masks, log);
  const printed = printOutputs(fields, result.outputs);
  if (!printed.ok) throw new Error(`outputs break the contract: ${printed.problems.join('; ')}`);
  for (const [name, text] of printed.texts) core.setOutput(name, masks.hide(text));
  for (const [name, value] of Object.entries(result.variables ?? {}))
    core.exportVariable(name, masks.hide(value));
}

/** A summary that cannot be written changes nothing about what was done: it is a warning. */
async function writeSummary(markdown: string, masks: Masks, log: Log): Promise<void> {
  if (!process.env['GITHUB_STEP_SUMMARY']) return;
  await core.summary
    .addRaw(masks.hide(markdown), true)
    .write()
    .catch((thrown: unknown) => {
      log.warning(`The job summary could not be written: ${messageOf(thrown)}`);
    });
}

function githubLog(masks: Masks): Log {
  return createLog({
    write: (line) => void process.stdout.write(`${line}\n`),
    warn: core.warning,
    hide: (text) => masks.hide(text),
    now: () => performance.now(),
    fence: () => {
      const token = randomHex(16);
      return [`::stop-commands::${token}`, `::${token}::`];
    },
  });
}
