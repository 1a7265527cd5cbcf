import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { ActionRun } from './runner/runner';
import { judge } from './scan-run';

const environment = (name: string): string =>
  execFileSync(fileURLToPath(new URL(`../environment/${name}`, import.meta.url)), {
    encoding: 'utf8',
  }).trim();

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder until the end of the suite. */
export function standFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-stand-'));
  folders.push(folder);
  return folder;
}

/** The version of the real Trivy that tests have. */
export const trivyVersion = '0.76.0';

/** PATH with the real scanners in front. */
export const scannersPath = (): string => `${environment('scanners')}:${process.env['PATH'] ?? ''}`;

/** A folder for `cache-dir` with the database of the tests. @param updatedAt the day it claims to be of; null = it does not say */
export function trivyCache(updatedAt: Date | null = new Date()): string {
  const folder = standFolder();
  mkdirSync(join(folder, 'db'));
  copyFileSync(environment('trivy-database'), join(folder, 'db', 'trivy.db'));
  const day = (updatedAt ?? new Date()).toISOString();
  const soon = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
  const dates = { NextUpdate: soon, DownloadedAt: day };
  writeFileSync(
    join(folder, 'db', 'metadata.json'),
    JSON.stringify({ Version: 2, ...(updatedAt === null ? {} : { UpdatedAt: day }), ...dates }),
  );
  return folder;
}

/** A lock file with a hole that has a fix. */
export const lockFile = {
  'package-lock.json': {
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'shop', version: '1.0.0', dependencies: { lodash: '4.17.4' } },
      'node_modules/lodash': { version: '4.17.4' },
    },
  },
};

/** What a system of Debian is known by, with one package that has a hole with a fix and one without. */
export const debianRoot = (version: string): Readonly<Record<string, unknown>> => ({
  'etc/os-release': `ID=debian\nVERSION_ID="${version.split('.')[0] ?? ''}"\n`,
  'etc/debian_version': `${version}\n`,
  'var/lib/dpkg/status': [
    'Package: libssl3t64',
    'Status: install ok installed',
    'Maintainer: Debian',
    'Architecture: amd64',
    'Source: openssl',
    'Version: 3.5.1-1',
    'Description: Secure Sockets Layer\n\n',
  ].join('\n'),
});

/** Runs scan-gate with the real Trivy, offline. */
export const scan = (
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  { env = {}, ...more }: Partial<ActionRun> = {},
) =>
  judge(
    workspace,
    { tools: 'trivy', version: trivyVersion, offline: 'true', ...inputs },
    { env: { PATH: scannersPath(), ...env }, ...more },
  );
