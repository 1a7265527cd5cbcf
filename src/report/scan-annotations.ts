import type { JudgedFinding, ScanJudgement } from '../domain/scan/judge';
import { singleLine } from './neutral';

/** A remark on the run's page, beside the line where there is one. */
export interface ScanAnnotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** Empty = nowhere in the repository. */
  readonly file: string;
  readonly line: number | null;
}

/** The runner shows ten of each kind a step (ExecutionContext of actions/runner); one error is for the verdict, one warning for notes. */
const most = 9;

/** The worst findings, as many as the runner shows. */
export function scanAnnotations({ findings }: ScanJudgement): readonly ScanAnnotation[] {
  const failing = findings.filter(({ decision }) => decision === 'fail').slice(0, most);
  const warning = findings
    .filter(({ decision }) => decision === 'warn' || decision === 'existing')
    .slice(0, most);
  return [...failing, ...warning].map(annotationOf);
}

function annotationOf(finding: JudgedFinding): ScanAnnotation {
  const { rule, package: found, target, line, why, decision } = finding;
  // Packages lie in lock files and images: there is no line to show.
  const file = found === null || line !== null ? target : '';
  const subject = found === null ? target : `${found.name} ${found.version} in ${target}`;
  return {
    level: decision === 'fail' ? 'error' : 'warning',
    title: singleLine(rule.id, 100),
    message: singleLine(`${subject}: ${rule.title} (${why})`, 500),
    file: singleLine(file, 300),
    line,
  };
}

/** The verdict in a line or a few; empty = nothing is wrong. */
export function scanError({ verdict, troubles, findings, degraded }: ScanJudgement): string {
  switch (verdict) {
    case 'clean':
    case 'warnings':
      return '';
    case 'degraded':
      return `It is not known whether this is clean: ${degraded.slice(0, 3).join('; ')}`;
    case 'findings': {
      const count = findings.filter(({ decision }) => decision === 'fail').length;
      return `${count === 1 ? '1 finding fails' : `${count} findings fail`} this run; the job summary lists them.`;
    }
    case 'scanner-error':
      return [
        'It is not known whether this is clean.',
        ...troubles
          .slice(0, 10)
          .map(({ subject, says, fix }) => `${subject}: ${says}. Fix: ${fix}.`),
      ].join('\n');
  }
}
