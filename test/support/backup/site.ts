import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { runAction, type ActionRun, type RunHandle, type RunResult } from '../runner/runner';

/** The actions under test; another build's by the variable. */
const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';

type Inputs = Readonly<Record<string, string>>;
type RunOptions = Partial<Omit<ActionRun, 'action' | 'workspace' | 'inputs'>>;

/** A checkout and a folder for backups on this machine, which is the server: `hosts: local`. */
export class BackupSite {
  constructor(
    readonly app: string,
    readonly workspace: string,
    readonly home: string,
  ) {}

  /** Where backups of it lie. */
  get folder(): string {
    return join(this.home, '.shiplock', this.app, 'production/backups');
  }

  /** Writes shiplock.yml with these databases; YAML takes JSON as it is. */
  async configure(databases: readonly object[], more: object = {}): Promise<void> {
    const text = JSON.stringify({ app: this.app, hosts: 'local', backup: databases, ...more });
    await writeFile(join(this.workspace, 'shiplock.yml'), text);
  }

  start(inputs: Inputs = {}, options: RunOptions = {}): RunHandle {
    const { env, ...rest } = options;
    return runAction({
      ...rest,
      action: `${actions}/backup`,
      workspace: this.workspace,
      inputs,
      env: { HOME: this.home, ...env },
    });
  }

  run(inputs: Inputs = {}, options: RunOptions = {}): Promise<RunResult> {
    return this.start(inputs, options).done;
  }

  /** A run that must arrive; its manifest. Throws with the log when it does not. */
  async take(inputs: Inputs = {}, options: RunOptions = {}): Promise<BackupManifest> {
    const result = await this.run(inputs, options);
    if (result.exitCode !== 0) throw new Error(`the backup did not arrive:\n${result.log}`);
    return this.manifest(result.outputs['id'] ?? '');
  }

  async manifest(id: string): Promise<BackupManifest> {
    const text = await readFile(join(this.folder, id, 'manifest.json'), 'utf8');
    return JSON.parse(text) as BackupManifest;
  }

  /** Names in the folder of the backups, those that begin with a dot last. */
  async names(): Promise<readonly string[]> {
    const all = await readdir(this.folder).catch(() => []);
    return all.filter((name) => /^(\.partial-)?\d/.test(name)).sort();
  }

  async close(): Promise<void> {
    await rm(this.workspace, { recursive: true, force: true });
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Makes it; its backups lie below a home of its own, whoever runs the tests. */
export async function openBackupSite(name: string): Promise<BackupSite> {
  const app = `${name}-${process.pid}`;
  const workspace = await mkdtemp(join(tmpdir(), 'shiplock-checkout-'));
  const home = await mkdtemp(join(tmpdir(), 'shiplock-home-'));
  await mkdir(join(home, '.shiplock', app, 'production'), { recursive: true });
  return new BackupSite(app, workspace, home);
}
