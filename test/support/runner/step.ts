import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { node24 } from '../node24';
import type { ActionManifest } from './action';
import type { WorkflowCommand } from './commands';
import { readPairs, readPaths, readSummary } from './files';
import type { RunnerLog } from './log';
import { startProcess, type ProcessEnd, type RunnerProcess } from './process';
import type { Place } from './secrets';

type Texts = Readonly<Record<string, string>>;

/** What the processes of a step wrote into the runner's files. */
export interface StepFiles {
  readonly outputs: Texts;
  readonly state: Texts;
  /** What GITHUB_ENV and GITHUB_PATH were given for later steps. */
  readonly env: Texts;
  readonly path: readonly string[];
  readonly summary: string;
}

interface StepEnd {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  readonly exitCode: number | null;
  readonly postExitCode: number | null;
  readonly durationMs: number;
  readonly firstLineMs: number | null;
}

const filePrefixes = {
  output: 'set_output_',
  state: 'save_state_',
  env: 'set_env_',
  path: 'add_path_',
  step_summary: 'step_summary_',
} as const;

type FileName = keyof typeof filePrefixes;
const fileNames = Object.keys(filePrefixes) as FileName[];

/** pre, main and post of one action, one process each, with what they leave for each other. */
export class Step {
  readonly #written: Place[] = [];
  #process: RunnerProcess | undefined;
  #stopped: 'cancelled' | 'killed' | undefined;
  #failed = false;
  #firstLine: number | undefined;
  files: StepFiles = { outputs: {}, state: {}, env: {}, path: [], summary: '' };

  constructor(
    private readonly log: RunnerLog,
    private readonly environment: Texts,
    private readonly folder: string,
  ) {}

  async run(programs: ActionManifest['programs']): Promise<StepEnd> {
    const pre = await this.#start(programs.pre);
    const skipped = this.#failed || this.#stopped !== undefined;
    const main = skipped ? null : await this.#start(programs.main);
    const firstLineMs = this.#firstLine ?? null;
    // `post` runs whenever main was started: also after a failure, a cancel, and main's own end by a signal.
    const post = main === null ? null : await this.#start(programs.post);
    const failed = this.#failed ? 'failure' : 'success';
    return {
      conclusion: this.#stopped === undefined ? failed : 'cancelled',
      exitCode: main?.exitCode ?? null,
      postExitCode: post?.exitCode ?? null,
      durationMs: (main ?? pre)?.durationMs ?? 0,
      firstLineMs,
    };
  }

  cancel(): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = 'cancelled';
    this.#process?.cancel();
  }

  kill(): void {
    this.#stopped = 'killed';
    this.#process?.killTree();
  }

  /** Every text that was written into a file, parsed or not. */
  places(): readonly Place[] {
    return this.#written;
  }

  async #start(program: string | undefined): Promise<ProcessEnd | null> {
    if (program === undefined || this.#stopped === 'killed') return null;
    const paths = this.#makeFiles();
    this.log.nextStep();
    this.#firstLine = undefined;
    const { shown, commands } = this.log;
    const [started, shownBefore, commandsBefore] = [
      performance.now(),
      shown.length,
      commands.length,
    ];
    this.#process = startProcess([node24(), program], {
      cwd: this.environment['GITHUB_WORKSPACE'] ?? this.folder,
      env: this.#variables(paths),
      onLine: (line) => {
        this.log.hear(line);
        if (shown.length > shownBefore) this.#firstLine ??= performance.now() - started;
      },
    });
    const end = await this.#process.ended;
    this.#process.killTree();
    this.#process = undefined;
    if (end.exitCode !== 0) this.#failed = true;
    this.#readFiles(paths);
    commands.slice(commandsBefore).forEach((command) => this.#obey(command));
    return end;
  }

  #makeFiles(): Readonly<Record<FileName, string>> {
    const suffix = randomUUID();
    const path = (name: FileName): string =>
      join(this.folder, 'temp/_runner_file_commands', `${filePrefixes[name]}${suffix}`);
    mkdirSync(dirname(path('output')), { recursive: true });
    return Object.fromEntries(
      fileNames.map((name) => {
        writeFileSync(path(name), '');
        return [name, path(name)];
      }),
    ) as Record<FileName, string>;
  }

  #variables(paths: Readonly<Record<FileName, string>>): NodeJS.ProcessEnv {
    const { env, path, state } = this.files;
    const prefixed = (prefix: string, texts: Texts): [string, string][] =>
      Object.entries(texts).map(([name, text]) => [`${prefix}${name}`, text]);
    return {
      ...this.environment,
      ...env,
      PATH: [...path, this.environment['PATH']].join(delimiter),
      ...Object.fromEntries(fileNames.map((name) => [`GITHUB_${name.toUpperCase()}`, paths[name]])),
      ...Object.fromEntries(prefixed('STATE_', state)),
    };
  }

  #readFiles(paths: Readonly<Record<FileName, string>>): void {
    const text = (name: FileName): string => readFileSync(paths[name], 'utf8');
    for (const name of fileNames) this.#written.push({ name: `${name} file`, text: text(name) });
    const { outputs, state, env, path, summary } = this.files;
    this.files = {
      outputs: { ...outputs, ...this.#pairs('output', text('output')) },
      state: { ...state, ...this.#pairs('state', text('state')) },
      env: { ...env, ...this.#allowed(this.#pairs('env', text('env'))) },
      path: [...readPaths(text('path')), ...path],
      summary: summary + this.#summary(text('step_summary')),
    };
  }

  /** The commands that did what files do now: the first two still work on GitHub, the others fail the step. */
  #obey({ command, properties, data }: WorkflowCommand): void {
    const pair = { [properties['name'] ?? '']: data };
    const { outputs, state } = this.files;
    if (command === 'set-output') this.files = { ...this.files, outputs: { ...outputs, ...pair } };
    if (command === 'save-state') this.files = { ...this.files, state: { ...state, ...pair } };
    if (command === 'set-env' || command === 'add-path') {
      this.#error(`Unable to process command '${command}' successfully.`);
      this.#failed = true;
    }
  }

  #pairs(name: FileName, text: string): Texts {
    const { pairs, problem } = readPairs(text);
    if (problem !== null) {
      this.#error(`Unable to process file command '${name}' successfully.`);
      this.#error(problem);
      this.#failed = true;
    }
    return Object.fromEntries(pairs);
  }

  #allowed({ NODE_OPTIONS: blocked, ...rest }: Texts): Texts {
    if (blocked !== undefined) this.#error("Can't store NODE_OPTIONS using '$GITHUB_ENV' command.");
    return rest;
  }

  #summary(text: string): string {
    const summary = readSummary(text);
    // The step stays green on GitHub too.
    if (summary === null) this.#error('$GITHUB_STEP_SUMMARY upload aborted: over 1024k.');
    return this.log.hide(summary ?? '');
  }

  #error(message: string): void {
    this.log.annotate({ level: 'error', message, properties: {} });
  }
}
