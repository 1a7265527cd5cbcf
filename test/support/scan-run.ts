import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { runAction, type ActionRun } from './runner/runner';
import { trivyDigest } from './scan-samples';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A checkout with these files, until the end of the suite; what is no text becomes JSON. */
export function scanCheckout(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-scan-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
  return folder;
}

/** Where the built actions are. */
export const actionsFolder = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';

/** Runs scan-gate as it is built; without a GitHub in the test, none is told of alerts. */
export const judge = (
  workspace: string,
  inputs: Record<string, string>,
  more: Partial<ActionRun> = {},
) =>
  runAction({
    action: join(actionsFolder, 'scan-gate'),
    workspace,
    inputs: { 'upload-sarif': 'false', ...inputs },
    ...more,
  }).done;

/** The line for a report of Trivy's that proves all it has to. */
export const provenTrivy = `trivy=trivy.json, classes=vulnerability misconfiguration secret licence, digest=${trivyDigest}, db-updated=${new Date().toISOString()}`;
