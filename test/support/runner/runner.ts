import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inputVariables, readManifest } from './action';
import type { WorkflowCommand } from './commands';
import { runnerEnvironment, type RunFacts } from './environment';
import { createRunnerLog, type Annotation } from './log';
import { refuseLeaks } from './secrets';
import { Step, type StepFiles } from './step';

/** One step `uses: <action>` of a job. */
export interface ActionRun extends RunFacts {
  /** Folder with action.yml, such as `actions/deploy`. */
  readonly action: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** `env:` of the step; wins over everything that the runner sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Check run of the job, where the runner knows it. */
  readonly checkRunId?: string;
  /** Folder of the checkout. */
  readonly workspace: string;
  /** Values that must not be readable anywhere afterwards. */
  readonly secrets?: readonly string[];
  /** Told each line as GitHub shows it, at once. */
  readonly onLine?: (line: string) => void;
}

/** What a step left; of several processes (pre, main, post) times and exit code are main's. */
export interface RunResult extends StepFiles {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  /** 128 + n when signal n ended main; null when main did not run, because pre failed. */
  readonly exitCode: number | null;
  /** Null when there is no post, or it did not run. */
  readonly postExitCode: number | null;
  /** As GitHub shows it: masked, an error as `##[error]…`. */
  readonly log: string;
  readonly commands: readonly WorkflowCommand[];
  readonly annotations: readonly Annotation[];
  readonly durationMs: number;
  /** From main's start to its first shown line. */
  readonly firstLineMs: number | null;
}

export interface RunHandle {
  /** Await it always: it throws when a registered secret can be read in what the run left. */
  readonly done: Promise<RunResult>;
  /** As the cancel button: SIGINT, SIGTERM, end of the tree; post still runs. */
  cancel(): void;
  /** As a runner that is lost: everything ends at once, post does not run. */
  kill(): void;
  /** The first shown line that matches, past or to come; throws when the run ends without one. */
  seen(pattern: RegExp): Promise<string>;
}

/** Starts an action the way GitHub's runner does; throws at once for an input that action.yml lacks. */
export function runAction(run: ActionRun): RunHandle {
  const manifest = readManifest(resolve(run.action));
  const context = {
    'github.token': 'ghs_'.padEnd(40, 'x'),
    'github.workspace': run.workspace,
    'job.check_run_id': run.checkRunId ?? '',
  };
  const inputs = inputVariables(manifest, run.inputs ?? {}, context);
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-runner-'));
  const heard = new Set<(line: string) => void>();
  const log = createRunnerLog(run.debug ?? false, (line) => {
    run.onLine?.(line);
    heard.forEach((look) => look(line));
  });
  const runner = runnerEnvironment(run, folder, resolve(run.workspace));
  const step = new Step(log, { ...runner, ...inputs, ...run.env }, folder);
  const done = finish(step, run).finally(() => rmSync(folder, { recursive: true, force: true }));
  // Whoever waits for a line first must not lose the process to a rejection that is awaited later.
  done.catch(() => undefined);

  async function finish(started: Step, { secrets = [] }: ActionRun): Promise<RunResult> {
    const ended = await started.run(manifest.programs);
    refuseLeaks(secrets, [
      { name: 'log', text: [...log.written, ...log.shown].join('\n') },
      { name: 'log', text: log.commands.map((command) => command.data).join('\n') },
      ...started.places(),
    ]);
    const { commands, annotations, shown } = log;
    return { ...ended, ...started.files, log: shown.join('\n'), commands, annotations };
  }

  function seen(pattern: RegExp): Promise<string> {
    return new Promise((tell, fail) => {
      const look = (line: string): void => {
        if (pattern.test(line)) tell(line);
      };
      log.shown.forEach(look);
      heard.add(look);
      const missing = (): void => {
        const lines = log.shown.join('\n');
        fail(new Error(`the run ended without a line like ${String(pattern)}:\n${lines}`));
      };
      done.then(missing, fail).finally(() => heard.delete(look));
    });
  }

  return { done, seen, cancel: () => step.cancel(), kill: () => step.kill() };
}
