import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { outputOf, runCommand } from './run-command';

type Texts = Readonly<Record<string, string>>;

/** One start of a workflow. */
export interface WorkflowRun {
  /** A git repository with the workflow in .github/workflows. */
  readonly checkout: string;
  readonly workflow: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly secrets: Texts;
  readonly vars: Texts;
  /** PATH behind node and act; default this process's. */
  readonly path?: string;
  /** Variables of every step, also of actions. */
  readonly env?: Texts;
  /** Folders that stand in for repositories: `{ 'owner/name@v1': '/folder' }`. */
  readonly repositories: Texts;
}

export interface WorkflowResult {
  readonly succeeded: boolean;
  /** Jobs by their name, in the order in which they ended. */
  readonly jobs: readonly { readonly name: string; readonly result: string }[];
  readonly steps: readonly {
    readonly job: string;
    readonly step: string;
    readonly result: string;
  }[];
  /** Markdown of the step summaries, in order. */
  readonly summaries: readonly string[];
  /** Everything that was printed. */
  readonly log: string;
}

// What act prints with --json that is looked at here; it has more, and other lines have none of it.
const record = z.looseObject({
  msg: z.string().default(''),
  // Padded with blanks to the longest name.
  job: z.string().trim().default(''),
  step: z.string().default(''),
  stage: z.string().default(''),
  stepResult: z.string().optional(),
  jobResult: z.string().optional(),
  command: z.string().optional(),
  content: z.string().optional(),
});

/** Runs a whole workflow on this machine with act, as it stands; takes down only what it made itself. */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const tools = await outputOf(['test/environment/tools', 'node', 'act'], { timeoutMs: 600_000 });
  const folder = await mkdtemp(join(tmpdir(), 'shiplock-act-'));
  try {
    const args = await actArguments(run, folder);
    const command = [
      'env',
      `PATH=${tools}:${run.path ?? process.env['PATH'] ?? ''}`,
      'act',
      ...args,
    ];
    const { code, stdout, stderr } = await runCommand(command, {
      cwd: run.checkout,
      timeoutMs: 300_000,
    });
    return readLog(code === 0, stdout, stderr);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function actArguments(run: WorkflowRun, folder: string): Promise<string[]> {
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  // `docker login` of the workflow must not write into the settings of whoever runs the tests.
  const docker = join(folder, 'docker');
  await mkdir(docker);
  await symlink(join(homedir(), '.docker/cli-plugins'), join(docker, 'cli-plugins'));
  return [
    run.event,
    ...[
      '--workflows',
      run.workflow,
      '--eventpath',
      await file('event.json', JSON.stringify(run.payload)),
    ],
    ...['--platform', 'ubuntu-latest=-self-hosted', '--no-cache-server', '--json'],
    ...['--secret-file', await file('secrets', dotenv(run.secrets))],
    ...['--var-file', await file('vars', dotenv(run.vars))],
    ...['--env-file', await file('env', dotenv({ DOCKER_CONFIG: docker, ...run.env }))],
    ...['--input-file', await file('inputs', ''), '--action-cache-path', join(folder, 'cache')],
    ...Object.entries(run.repositories).flatMap(([repository, local]) => [
      '--local-repository',
      `${repository}=${local}`,
    ]),
  ];
}

// In double quotes, values may have several lines.
function dotenv(texts: Texts): string {
  return Object.entries(texts)
    .map(([name, text]) => `${name}=${JSON.stringify(text)}\n`)
    .join('');
}

function readLog(succeeded: boolean, stdout: string, stderr: string): WorkflowResult {
  const records = stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const parsed = record.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  });
  return {
    succeeded,
    jobs: records.flatMap(({ job, jobResult }) =>
      jobResult === undefined ? [] : [{ name: job, result: jobResult }],
    ),
    steps: records.flatMap(({ job, step, stage, stepResult }) =>
      stepResult === undefined || stage !== 'Main' ? [] : [{ job, step, result: stepResult }],
    ),
    summaries: records.flatMap(({ command, content }) =>
      command === 'summary' && content !== undefined ? [content] : [],
    ),
    log: `${records.map(({ msg }) => msg.trimEnd()).join('\n')}\n${stderr}`,
  };
}
