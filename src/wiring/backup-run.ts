import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBackup, type BackupConfig, type BackupOverrides } from '../config/load-backup';
import { judgeBases } from '../domain/release/judge-folders';
import { readFacts } from '../domain/release/host-facts';
import { ShiplockError } from '../errors';
import { refusal } from '../domain/problem';
import { lookAtHost } from '../operations/release/look-at-host';
import { systemClock } from '../platform/clock';
import { localHost } from '../platform/local-host';
import { openSession } from '../platform/open-session';
import type { GithubFacts } from '../platform/github/github-facts';
import type { Log } from '../platform/log';
import { stepVariable } from '../platform/step-variable';
import { pathInFile, type BackupRun } from '../transactions/backup/backup-run';
import { tellingPull } from '../transactions/backup/scratch-images';
import type { Session } from '../transactions/release/deploy-tools';
import { ownLogin } from '../transactions/release/login-of';
import { keeperImage } from './release-run';
import { givenOf, openVaults, readCopySecrets } from './open-vaults';
import { resticSource } from './restic-runner';
import { accessOf, connectServer, type AccessInputs } from './server-tools';

/** What the inputs say, beside the databases. */
export interface BackupContext {
  readonly inputs: AccessInputs & {
    readonly config: string;
    readonly environment: string | undefined;
    readonly hosts: readonly string[];
    readonly 'proxy-jump': string | undefined;
    readonly docker: string;
    readonly password: string | undefined;
    readonly 'keeper-image': string | undefined;
    readonly 's3-access-key': string | undefined;
    readonly 's3-secret-key': string | undefined;
    readonly 'restic-password': string | undefined;
    readonly 'tool-mirror': string | undefined;
    readonly mode: string;
    readonly 'dry-run': boolean;
  };
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly env: GithubFacts;
  readonly workspace: string;
  readonly mask: (secret: string) => void;
}

/** Reads the part of shiplock.yml that a backup needs; without a file the inputs must say it all. */
export async function readBackupConfig(
  { inputs, env, workspace }: BackupContext,
  what: Pick<BackupOverrides, 'database' | 'over'>,
): Promise<BackupConfig> {
  const text = await readFile(join(workspace, inputs.config), 'utf8').catch(() => null);
  if (text === null && what.database === null) {
    throw new ShiplockError(`the configuration ${inputs.config} cannot be read`, {
      hint: 'Check the repository out first (actions/checkout), or describe one database by the inputs engine, service, database.',
      fault: 'user',
      verdict: 'refused',
    });
  }
  return loadBackup(text, {
    file: text === null ? 'the inputs of this step' : inputs.config,
    environment: inputs.environment,
    app: nameOf(env.repository),
    overrides: { hosts: inputs.hosts, proxyJump: inputs['proxy-jump'], ...what },
  });
}

/** Name of the repository, as the name of an app may be. */
function nameOf(repository: string): string {
  const name = repository.split('/').at(-1) ?? '';
  const fitting = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 30);
  return fitting.replaceAll(/^-+|-+$/g, '') || 'app';
}

/** The word for the machine that the job itself runs on. */
const here = 'local';

/** Connects, looks for the app's folder, and hands over all that a backup is made with; closes the connection at the end. */
export async function onBackupHost<T>(
  context: BackupContext,
  config: BackupConfig,
  described: boolean,
  work: (run: BackupRun) => Promise<T>,
): Promise<T> {
  const docker = context.inputs.docker.split(' ');
  const isLocal = config.host.host === here && config.host.user === null;
  const session = isLocal
    ? openSession(localHost(), docker)
    : await connectServer(accessOf(context.inputs), config.host, docker, config.proxyJump);
  try {
    return await work(await runOn(context, config, described, session));
  } finally {
    await session.close();
  }
}

async function runOn(
  { inputs, log, signal, env, mask }: BackupContext,
  config: BackupConfig,
  described: boolean,
  session: Session,
): Promise<BackupRun> {
  const { app, environment, project, directory, databases } = config;
  const docker = inputs.docker.split(' ');
  const look = await lookAtHost(session.host, app, environment, docker);
  const base = look.bases[0] ?? look.writableBases[0] ?? '';
  const problems = judgeBases({ ...look, base, labelled: [] });
  if (problems.length > 0) throw refusal(session.host.name, problems);
  const facts = readFacts(look);
  const copySecrets = readCopySecrets(inputs);
  const tell = (text: string): void => {
    log.line(text);
  };
  return {
    ...{ session, app, environment, base, docker, project, directory, databases, signal },
    pathOf: described ? pathInInputs : pathInFile,
    secrets: {
      variable: (name) => secretVariable(name, mask),
      password: inputs.password ?? null,
      copies: inputs.mode === 'backup' ? givenOf(copySecrets) : null,
    },
    openVaults: (settings) =>
      openVaults(settings, copySecrets, session.host.name, resticSource({ inputs, log, signal })),
    nodeImage: inputs['keeper-image'] ?? keeperImage,
    pull: inputs['dry-run']
      ? null
      : tellingPull({ ...session, docker, login: ownLogin(docker, look) }, systemClock, tell),
    who: env.runUrl ?? 'a run outside of GitHub',
    deployId: null,
    release: facts.state?.live.release ?? null,
    firstRelease: false,
    clock: systemClock,
    tell,
  };
}

const pathInInputs = (_: number, key: string): string =>
  key === 'disk' || key.startsWith('Docker') ? key : `input ${key === '' ? 'engine' : key}`;

/** A variable of the step, hidden from now on: also the password alone that a URL has in it. */
export function secretVariable(name: string, mask: (secret: string) => void): string | undefined {
  const value = stepVariable(name);
  if (value === undefined) return undefined;
  mask(value);
  if (URL.canParse(value)) {
    const { password } = new URL(value);
    if (password !== '') [password, decodeURIComponent(password)].forEach(mask);
  }
  return value;
}
