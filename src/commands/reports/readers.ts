import type { ReportKind } from '../../domain/scan/report-facts';
import { readGitleaks } from './gitleaks';
import { readNpmAudit } from './npm-audit';
import { readPipAudit } from './pip-audit';
import type { ReportReader } from './report-reader';
import { readSafety } from './safety';
import { readSarif } from './sarif';
import { readTrivy } from './trivy';
import { readTruffleHog } from './trufflehog';

/** Who reads which kind of report. */
export const reportReaders: Readonly<Record<ReportKind, ReportReader>> = {
  trivy: readTrivy,
  trufflehog: readTruffleHog,
  gitleaks: readGitleaks,
  safety: readSafety,
  'pip-audit': readPipAudit,
  'npm-audit': readNpmAudit,
  sarif: readSarif,
};
