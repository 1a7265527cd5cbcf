import { formatDuration } from '../duration';
import type { ReportFacts } from './report-facts';
import type { Proof, ReportRequest } from './report-line';

/** What was read of a report's file besides its content. */
export interface ReportFile {
  /** Hex. */
  readonly sha256: string;
  /** Whether git knows the file: then the scanned code itself brought it. */
  readonly isTracked: boolean;
}

/** Why a report does not prove that what is released was scanned; empty = it does. */
export function faultsOfReport(
  { proofs }: ReportRequest,
  facts: ReportFacts,
  file: ReportFile,
  allowEmpty: boolean,
): readonly { readonly says: string; readonly fix: string }[] {
  const faults = proofs.flatMap((proof) => faultOfProof(proof, facts, file));
  if (file.isTracked)
    faults.push({
      says: 'it is part of the checkout, so that the scanned code itself could say what it likes',
      fix: 'write reports to a place that git does not know, such as ${{ runner.temp }}',
    });
  if (proofs.length === 0)
    faults.push({
      says: 'nothing ties it to what is released: it may be of another image, or of yesterday',
      fix: 'add digest=sha256:… of the image, commit=…, sha256=… of the file (an output of the job that scanned), or made=here when a step of this job made it',
    });
  if (facts.targets === 0 && !allowEmpty)
    faults.push({
      says: 'nothing at all was scanned in it',
      fix: 'look at what the scanner was given, or set allow-empty: true',
    });
  return faults;
}

function faultOfProof(
  proof: Proof,
  { digests, commits }: ReportFacts,
  { sha256 }: ReportFile,
): { says: string; fix: string }[] {
  switch (proof.kind) {
    case 'this-job':
      return [];
    case 'sha256':
      if (sha256 === proof.value) return [];
      return [
        {
          says: `its SHA-256 is ${sha256}, not ${proof.value}`,
          fix: 'hand on the file as the scanning job made it',
        },
      ];
    case 'digest':
      return faultOfName('the image', digests, proof.value, 'sha256=… of the file');
    case 'commit':
      return faultOfName('the commit', commits, proof.value, 'sha256=… of the file');
  }
}

function faultOfName(
  what: string,
  names: readonly string[],
  wanted: string,
  other: string,
): { says: string; fix: string }[] {
  if (names.includes(wanted)) return [];
  if (names.length === 0)
    return [{ says: `it does not say ${what} that was scanned`, fix: `use ${other} instead` }];
  const fix = 'scan what is released';
  return [{ says: `${what} in it is ${names.join(', ').slice(0, 300)}, not ${wanted}`, fix }];
}

const hour = 60 * 60 * 1000;

/**
 * Why the findings of a report may be out of date; null = they are not. @param maxAgeMs null = age does not matter
 * @param ownName what a tool scanned here; null = another job made the report
 */
export function staleness(
  { kind, path, classes, dbUpdated }: ReportRequest,
  maxAgeMs: number | null,
  now: Date,
  ownName: string | null = null,
): string | null {
  // The other tools ask services that are always up to date.
  if (maxAgeMs === null || kind !== 'trivy' || !classes.includes('vulnerability')) return null;
  if (dbUpdated === null)
    return ownName === null
      ? `${path}: how old Trivy's database was is not known; add db-updated=, as \`trivy version --format json\` says it`
      : `${ownName}: how old Trivy's database is is not known: its metadata.json does not say`;
  const name = ownName ?? path;
  const age = now.getTime() - dbUpdated.getTime();
  // Clocks differ by some minutes, not by hours.
  if (age < -hour)
    return `${name}: ${dbUpdated.toISOString()}, of Trivy's database, lies in the future`;
  return age > maxAgeMs
    ? `${name}: Trivy's database is of ${dbUpdated.toISOString()}, older than ${formatDuration(maxAgeMs)}`
    : null;
}
