import { z } from 'zod';
import {
  findingClasses,
  secretStatuses,
  type FindingClass,
  type SecretStatus,
} from '../domain/scan/finding';
import type { Ignore } from '../domain/scan/ignore';
import { parseImageSize } from '../domain/images/image-size';
import { defaultPolicy, type ScanPolicy } from '../domain/scan/policy';
import { layThreshold, type ThresholdTexts } from '../domain/scan/thresholds';
import { refusal } from '../domain/problem';
import { problemsOfIssues } from './issues';
import { scanSchema, type ScanInput } from './scan-schema';
import { readYaml, type YamlSource } from './yaml-source';

export interface ScanConfig {
  readonly policy: ScanPolicy;
  readonly ignores: readonly Ignore[];
}

export interface ScanOverrides {
  readonly failOn: ThresholdTexts;
  /** Classes that it has by their name. */
  readonly named: readonly FindingClass[];
  readonly warnOn: ThresholdTexts;
  /** null = as the file says. */
  readonly ignoreUnfixed: boolean | null;
  /** Bytes; null = as the file says. */
  readonly maxImageSize: number | null;
}

/** The part `scan:` of a file, with the inputs laid over it; throws one refusal with every problem of it. @param text null = there is no file */
export function loadScan(text: string | null, file: string, overrides: ScanOverrides): ScanConfig {
  const source = text === null ? null : readYaml(text);
  if (source !== null && !('data' in source)) throw refusal(file, source);
  const parsed = wholeFile.safeParse({ scan: scanOf(source) });
  if (!parsed.success)
    throw refusal(file, source === null ? [] : problemsOfIssues(parsed.error, source));
  const { scan } = parsed.data;
  return {
    policy: policyOf(scan, overrides),
    ignores: scan.ignores.map((one, index) => ignoreOf(one, index, file, source)),
  };
}

// What else stands in the file is the affair of those who release by it.
const wholeFile = z.object({ scan: scanSchema });

function scanOf(source: YamlSource | null): unknown {
  const data = source?.data;
  if (typeof data !== 'object' || data === null || !('scan' in data)) return {};
  return data.scan ?? {};
}

function policyOf(scan: ScanInput, overrides: ScanOverrides): ScanPolicy {
  const texts = [textsOf(scan['fail-on']), overrides.failOn];
  // Who names a class wants it looked for; a severity for all of them says nothing of the kind.
  const named = [...namedIn(scan['fail-on']), ...overrides.named];
  const levels = texts.reduce<ThresholdTexts>((all, one) => ({ ...all, ...one }), {});
  return {
    failOn: texts.reduce(layThreshold, defaultPolicy.failOn),
    warnOn: layThreshold(
      layThreshold(defaultPolicy.warnOn, textsOf(scan['warn-on'])),
      overrides.warnOn,
    ),
    required: findingClasses.filter((one) => named.includes(one) && levels[one] !== 'none'),
    unknownSeverity: scan['unknown-severity'],
    ignoreUnfixed: overrides.ignoreUnfixed ?? scan['ignore-unfixed'],
    runtimeOnly: scan['runtime-only'],
    cvss: scan.cvss ?? null,
    endOfLife: scan['end-of-life'],
    detectors: new Map(
      Object.entries(scan.detectors).map(([name, text]) => [name, statusOf(text)]),
    ),
    licences: scan.licences,
    maxImageSize: overrides.maxImageSize ?? parseImageSize(scan['max-image-size'] ?? '') ?? null,
    maxImageLayers: scan['max-image-layers'] ?? null,
    ignoreLifetime: scan['ignore-lifetime'],
    unusedIgnores: scan['unused-ignores'],
    missingBaseline: scan['missing-baseline'],
  };
}

const namedIn = (value: ScanInput['fail-on']): readonly string[] =>
  typeof value === 'object' ? Object.keys(value) : [];

function textsOf(value: ScanInput['fail-on']): ThresholdTexts {
  if (value === undefined) return {};
  if (typeof value !== 'string') return value as ThresholdTexts;
  return { vulnerability: value, misconfiguration: value, licence: value, code: value };
}

const statusOf = (text: string): SecretStatus | null =>
  secretStatuses.find((one) => one === text) ?? null;

function ignoreOf(
  { id, class: of, package: found, path, reason, expires }: ScanInput['ignores'][number],
  index: number,
  file: string,
  source: YamlSource | null,
): Ignore {
  const line = source?.lineOf(['scan', 'ignores', index]);
  return {
    id,
    class: of ?? null,
    packages: found === undefined ? [] : [found],
    paths: path === undefined ? [] : typeof path === 'string' ? [path] : path,
    reason,
    expires: new Date(`${expires}T00:00:00Z`),
    origin: line === undefined ? file : `${file}:${line}`,
    foreign: false,
  };
}
