import {
  blankFinding,
  endOfLifeRule,
  findingClasses,
  type Finding,
  type FindingClass,
  type Rule,
  type Growing,
} from '../../domain/scan/finding';
import { noFacts, type ReportFacts } from '../../domain/scan/report-facts';
import { cutJson, numbersIn } from './cut-json';
import type { ReportReader, ReportSink } from './report-reader';
import { ReportTrouble } from './report-trouble';
import { fromLicence, fromMisconfiguration, fromSecret, fromVulnerability } from './trivy-findings';
import { date, fields, list, number, text, texts, type Fields } from './values';

/** Trivy's JSON, SchemaVersion 2: pkg/types/report.go of aquasecurity/trivy. */
export const readTrivy: ReportReader = async (chunks, sink) => {
  const found: (Growing | undefined)[] = [];
  const development = new Set<string>();
  const whole = await cutJson(chunks, {
    depth: 4,
    take: (part, entry, number) => {
      if (part === 'Packages') noteDevelopment(fields(entry), development);
      const finding = findingOf(part, fields(entry), sink);
      if (finding !== null) found[number] = sink.hold(finding);
    },
  });
  const top = fields(whole);
  if (top['SchemaVersion'] !== 2) throw otherVersion(top['SchemaVersion']);
  const results = list(top['Results']).map(fields);
  for (const result of results) {
    // Nothing says that the target stands before its findings, so it is filled in at the end.
    const target = targetOf(result, top);
    for (const number of Object.values(result).flatMap(numbersIn)) {
      const finding = found[number];
      if (finding !== undefined) sink.addHeld(finished(finding, target, development));
    }
  }
  const facts = { ...factsOf(top, results.length), targetClasses: classesOf(results) };
  if (fields(fields(top['Metadata'])['OS'])['EOSL'] === true) sink.add(endOfLife(top, facts));
  return facts;
};

const classesOfTarget: Readonly<Record<string, readonly FindingClass[]>> = {
  'os-pkgs': ['vulnerability', 'licence'],
  'lang-pkgs': ['vulnerability', 'licence'],
  config: ['misconfiguration'],
  secret: ['secret'],
  license: ['licence'],
  'license-file': ['licence'],
};

const classesOf = (results: readonly Fields[]): readonly FindingClass[] =>
  findingClasses.filter((one) =>
    results.some((result) => classesOfTarget[text(result['Class'], 20)]?.includes(one)),
  );

function noteDevelopment(entry: Fields, development: Set<string>): void {
  if (entry['Dev'] === true)
    development.add(packageKey(text(entry['Name']), text(entry['Version'])));
}

const packageKey = (name: string, version: string): string => `${name}@${version}`;

function otherVersion(version: unknown): ReportTrouble {
  const says = version === undefined ? 'missing' : JSON.stringify(version).slice(0, 40);
  return new ReportTrouble(
    `it is no report of Trivy that is known: SchemaVersion is ${says}, not 2`,
  );
}

function findingOf(part: string, entry: Fields, sink: ReportSink): Growing | null {
  switch (part) {
    case 'Vulnerabilities':
      return fromVulnerability(entry);
    case 'Misconfigurations':
      return ['FAIL', undefined].includes(entry['Status'] as string | undefined)
        ? fromMisconfiguration(entry)
        : null;
    case 'Secrets':
      return fromSecret(entry, sink.hash);
    case 'Licenses':
      return fromLicence(entry);
    case 'ExperimentalModifiedFindings':
      return suppressedOf(entry, sink);
    default:
      return null;
  }
}

const parts: Readonly<Record<string, string>> = {
  vulnerability: 'Vulnerabilities',
  misconfiguration: 'Misconfigurations',
  secret: 'Secrets',
  license: 'Licenses',
};

/** What an ignore file, or a statement of exploitability, took out while Trivy ran. */
function suppressedOf(entry: Fields, sink: ReportSink): Growing | null {
  const words = [text(entry['Statement']), text(entry['Source'])].filter((word) => word !== '');
  const finding = findingOf(parts[text(entry['Type'])] ?? '', fields(entry['Finding']), sink);
  if (finding !== null)
    finding.suppressed = words.join(', from ') || text(entry['Status']) || 'without a reason';
  return finding;
}

/** In place: there may be hundreds of thousands. */
function finished(finding: Growing, target: string, development: ReadonlySet<string>): Finding {
  if (finding.target === '') finding.target = target;
  const found = development.size === 0 ? null : finding.package;
  if (found !== null && development.has(packageKey(found.name, found.version)))
    finding.package = { ...found, scope: 'development' };
  return finding;
}

/** Trivy names the image with its tag in front of packages of its OS; an alert must outlive the tag. */
function targetOf(result: Fields, top: Fields): string {
  const target = text(result['Target']);
  const artifact = text(top['ArtifactName']);
  const isImage = text(top['ArtifactType']) === 'container_image';
  return isImage && (result['Class'] === 'os-pkgs' || target.startsWith(`${artifact} (`))
    ? repositoryOf(artifact)
    : target || repositoryOf(artifact);
}

function repositoryOf(reference: string): string {
  return reference.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^/:]*$/, '');
}

function factsOf(top: Fields, targets: number): ReportFacts {
  const metadata = fields(top['Metadata']);
  const subject = text(top['ArtifactName']);
  const isImage = text(top['ArtifactType']) === 'container_image';
  const { architecture, os } = fields(metadata['ImageConfig']);
  const digests = [...texts(metadata['RepoDigests']), text(metadata['ImageID'])];
  return {
    ...noFacts,
    tool: 'Trivy',
    version: text(fields(top['Trivy'])['Version'], 60),
    subject,
    image: isImage ? repositoryOf(subject) : '',
    architecture: [text(os, 20), text(architecture, 20)].filter((word) => word !== '').join('-'),
    size: number(metadata['Size']),
    layers: Array.isArray(metadata['DiffIDs']) ? metadata['DiffIDs'].length : null,
    digests: digests.map((one) => one.replace(/^.*@/, '')).filter((one) => one !== ''),
    commits: [text(metadata['Commit'])].filter((one) => one !== ''),
    targets,
    createdAt: date(top['CreatedAt']),
  };
}

function endOfLife(top: Fields, { subject, image }: ReportFacts): Finding {
  const os = fields(fields(top['Metadata'])['OS']);
  const name = `${text(os['Family'], 60)} ${text(os['Name'], 60)}`.trim();
  const rule: Rule = {
    id: endOfLifeRule,
    aliases: [],
    title: `${name} gets no more security updates: vulnerabilities in it are not reported either`,
    url: null,
  };
  return {
    ...blankFinding('vulnerability', 'Trivy', rule),
    severity: 'critical',
    target: image || subject,
    mark: name,
  };
}
