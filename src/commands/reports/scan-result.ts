import { baselineFinding, type BaselineFinding } from '../../domain/scan/baseline';
import { resultSchema } from '../../domain/scan/result-json';
import { cutJson } from './cut-json';
import { fields } from './values';
import { ReportTrouble } from './report-trouble';

/** Findings of an earlier result of scan-gate, by fingerprint. Throws a ReportTrouble when it is none. */
export async function readScanResult(
  chunks: AsyncIterable<Uint8Array>,
): Promise<ReadonlyMap<string, BaselineFinding>> {
  const findings = new Map<string, BaselineFinding>();
  const whole = await cutJson(chunks, {
    depth: 2,
    take: (part, entry) => {
      if (part !== 'findings') return;
      const read = baselineFinding.safeParse(entry);
      if (!read.success) throw new ReportTrouble('it has a finding that is none');
      findings.set(read.data.fingerprint, read.data);
    },
  });
  if (fields(whole)['schema'] !== resultSchema)
    throw new ReportTrouble('it is no result of scan-gate that is known');
  return findings;
}
