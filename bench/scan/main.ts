/**
 * `npm run -s bench:scan [folder with actions/]`: time and memory of scan-gate from report to verdict, SARIF, JSON and summary: 100,000 findings of
 * 1 KB, and a report of 600 MB (600,000 of 1 KB), which is longer than one text can be. The action runs as built, started as GitHub does. Last line: one JSON
 * object.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAction } from '../../test/support/runner/runner';
import { benchDigest, writeReport } from './report';

const here = dirname(fileURLToPath(import.meta.url));
const actions = process.env['SHIPLOCK_ACTIONS'] ?? join(here, '../../actions');
const folder = mkdtempSync(join(tmpdir(), 'shiplock-bench-scan-'));

async function measure(findings: number, bytes: number) {
  const report = join(folder, 'report.json');
  const peak = join(folder, 'peak');
  await writeReport(report, findings, bytes);
  const startedAt = performance.now();
  const { outputs, exitCode, log } = await runAction({
    action: join(actions, 'scan-gate'),
    workspace: folder,
    inputs: {
      reports: `trivy=${report}, classes=vulnerability, digest=${benchDigest}`,
      'on-degraded': 'pass',
      // There is no GitHub here that could take alerts, and it would be asked again for five seconds.
      'upload-sarif': 'false',
    },
    env: { NODE_OPTIONS: `--require ${join(here, 'peak.cjs')}`, PEAK_FILE: peak },
  }).done;
  const seconds = (performance.now() - startedAt) / 1000;
  if (outputs['verdict'] !== 'findings' || exitCode !== 1) throw new Error(log);
  const used = readFileSync(peak, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [number, number]);
  rmSync(peak);
  return {
    findings,
    reportMB: Math.round(statSync(report).size / 1e6),
    seconds: Math.round(seconds * 100) / 100,
    cpuSeconds: Math.round(used.reduce((sum, [, micros]) => sum + micros, 0) / 1e4) / 100,
    peakMB: Math.round((Math.max(...used.map(([kib]) => kib)) * 1024) / 1e6),
  };
}

try {
  const many = await measure(100_000, 1024);
  console.log(
    `${many.findings} findings: ${many.seconds} s (${many.cpuSeconds} s of a processor), ${many.peakMB} MB`,
  );
  const huge = await measure(600_000, 1024);
  console.log(`${huge.reportMB} MB: ${huge.seconds} s, ${huge.peakMB} MB`);
  const met = many.seconds <= 3 && many.peakMB <= 500 && huge.peakMB <= 500;
  console.log(JSON.stringify({ many, huge, targets: { seconds: 3, peakMB: 500 }, met }));
} finally {
  rmSync(folder, { recursive: true });
}
