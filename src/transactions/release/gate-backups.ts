import { judgeGiven } from '../../domain/backup/judge-given';
import { formatBytes } from '../../domain/backup/format-bytes';
import { sourceOf, type DatabaseSettings } from '../../domain/backup/database';
import { RemoteFailure, ShiplockError } from '../../errors';
import type { Vault } from '../../operations/backup/vault';
import { composeImages } from '../../domain/compose/service-images';
import { readShelf } from '../../operations/backup/shelf';
import { pathInFile, type BackupRun, type BackupSecrets } from '../backup/backup-run';
import { tellingPull } from '../backup/scratch-images';
import { lookAtDatabases, type BackupLook } from '../backup/look-at-databases';
import type { HostRun } from './deploy-tools';
import type { Findings } from './findings';
import { loginOf } from './login-of';
import { missingShared, type Preflight } from './preflight';

/** Which backups a release is to rest on. */
export interface BackupWishes {
  /** Backups of an earlier step; none = the deploy takes them itself. */
  readonly ids: readonly string[];
  /** Older ones do not count. */
  readonly maxAgeMs: number;
  /** Why there is to be no backup; null = there has to be one. */
  readonly skip: string | null;
  readonly secrets: BackupSecrets;
  /** Places off the host; the second is the server's name. */
  readonly openVaults: (settings: DatabaseSettings, host: string) => Promise<readonly Vault[]>;
}

/** A run of backups as far as it is known before its deploy is. */
export type KnownRun = Omit<BackupRun, 'deployId' | 'signal' | 'tell'>;

/** S3 and S4 as they were found possible: what must be there before anything is migrated or switched. */
export type BackupGate =
  | { readonly kind: 'none' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'given'; readonly ids: readonly string[] }
  | {
      readonly kind: 'take';
      readonly run: KnownRun;
      readonly look: BackupLook;
      /** Databases of services that do not run yet: they are looked at once they do. */
      readonly later: readonly DatabaseSettings[];
    };

/** S1 of the backups: read-only; every problem goes among the findings. */
export async function lookAtBackups(
  run: HostRun,
  before: Preflight,
  wishes: BackupWishes,
  findings: Findings,
  dryRun: boolean,
): Promise<BackupGate> {
  const { backup: databases } = run.config;
  if (wishes.skip !== null) return { kind: 'skipped', reason: wishes.skip };
  if (wishes.ids.length > 0) return lookAtGiven(run, before, wishes, findings);
  if (databases.length === 0) return { kind: 'none' };
  const missing = missingShared(before);
  const later = databases.filter(({ service }) => service !== null && missing.includes(service));
  const own = backupRun(run, before, wishes, dryRun);
  const now = { ...own, databases: databases.filter((one) => !later.includes(one)) };
  const look = await lookAtDatabases(withPaths(now, databases)).catch((thrown: unknown) => {
    if (!(thrown instanceof ShiplockError) || thrown.fault === 'bug' || isLost(thrown))
      throw thrown;
    findings.add({ path: 'backup', says: thrown.message, fix: thrown.hint ?? 'see the log' });
    return null;
  });
  if (look === null) return { kind: 'none' };
  findings.add(...look.problems);
  return { kind: 'take', run: now, look, later };
}

const isLost = (thrown: ShiplockError): boolean =>
  thrown instanceof RemoteFailure && thrown.reason === 'lost';

/** What is looked at now may be a part of the list: problems name the place in the whole one. */
export function withPaths(run: KnownRun, all: readonly DatabaseSettings[]): BackupRun {
  const pathOf = (index: number, key: string): string => {
    const settings = run.databases[index];
    return pathInFile(settings === undefined ? index : all.indexOf(settings), key);
  };
  const quiet = { deployId: null, signal: new AbortController().signal, tell: () => undefined };
  return { ...run, ...quiet, pathOf };
}

function backupRun(
  run: HostRun,
  { seen, stack }: Preflight,
  { secrets, openVaults }: BackupWishes,
  dryRun: boolean,
): KnownRun {
  const { session, tools, config, facts } = run;
  const released = Object.values(composeImages(stack.compose, config));
  const login = loginOf(
    run,
    seen.look,
    released.flatMap((image) => image ?? []),
  );
  const { app, environment, backup: databases } = config;
  const release = seen.facts.state?.live.release ?? null;
  return {
    ...{ session, app, environment, databases, secrets, pathOf: pathInFile },
    openVaults: (settings) => openVaults(settings, session.host.name),
    base: seen.base,
    docker: facts.docker,
    project: stack.compose.name,
    directory: stack.directory,
    nodeImage: facts.keeperImage,
    pull: dryRun
      ? null
      : tellingPull({ ...session, docker: facts.docker, login }, tools.clock, (text) => {
          tools.tell({ step: 'backup', phase: 'note', text });
        }),
    who: facts.url,
    release,
    firstRelease: release === null,
    clock: tools.clock,
  };
}

async function lookAtGiven(
  { session, tools, config }: HostRun,
  { seen }: Preflight,
  { ids, maxAgeMs }: BackupWishes,
  findings: Findings,
): Promise<BackupGate> {
  const { app, environment, backup: databases } = config;
  const { manifests } = await readShelf(session.host, seen.base, '');
  const released = seen.facts.state !== null;
  const against = { app, environment, databases, released, now: tools.clock.now(), maxAgeMs };
  findings.add(...judgeGiven(ids, manifests, against));
  return { kind: 'given', ids };
}

/** What a dry run tells of it. */
export function describeGate(gate: BackupGate): readonly string[] {
  switch (gate.kind) {
    case 'none':
      return [];
    case 'skipped':
      return [`none: skipped by an input (${gate.reason})`];
    case 'given':
      return [`none is taken: the release rests on ${gate.ids.join(', ')}`];
    case 'take':
      return [
        ...gate.look.planned.map(({ database, seen, level, scratch }) => {
          const source = sourceOf(database.settings);
          if (seen.standing !== 'filled') return `${source}, which is ${seen.standing}: only noted`;
          const proof = level === 'restore' ? 'restored into a scratch server' : 'read as a whole';
          const pull = scratch.kind === 'absent' ? `; ${scratch.name} is pulled for that` : '';
          return `${source}, about ${formatBytes(seen.sizeBytes)} on the server; ${proof} before anything is migrated${pull}`;
        }),
        ...gate.later.map((one) => `${sourceOf(one)}, once its service runs`),
      ];
  }
}
