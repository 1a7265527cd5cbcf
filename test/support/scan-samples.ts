import { reportReaders } from '../../src/commands/reports/readers';
import type { Finding } from '../../src/domain/scan/finding';
import type { ReportFacts, ReportKind } from '../../src/domain/scan/report-facts';

export interface ReadSample {
  readonly findings: readonly Finding[];
  readonly facts: ReportFacts;
  /** What was masked. */
  readonly sealed: readonly string[];
}

/** Reads a report from chunks of this many bytes; a text as it is, all else as JSON. */
export async function readSample(
  kind: ReportKind,
  report: unknown,
  { chunk = 7, soleClass = 'code' as const }: { chunk?: number; soleClass?: Finding['class'] } = {},
): Promise<ReadSample> {
  const findings: Finding[] = [];
  const sealed: string[] = [];
  const facts = await reportReaders[kind](chunksOf(report, chunk), {
    soleClass,
    add: (finding) => findings.push(finding),
    hold: (finding) => finding,
    addHeld: (finding) => findings.push(finding),
    seal: (secret) => {
      sealed.push(secret);
      return `sealed ${secret.length}`;
    },
    hash: (text) => `hash ${text.length}`,
  });
  return { findings, facts, sealed };
}

/** As a file is read: in pieces, each in the memory of the one before. */
export async function* chunksOf(report: unknown, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(typeof report === 'string' ? report : JSON.stringify(report));
  const memory = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const copied = bytes.copy(memory, 0, at, at + size);
    yield await Promise.resolve(memory.subarray(0, copied));
  }
}

const digest = `sha256:${'d'.repeat(64)}`;

/** A report of Trivy over an image, with one finding of each class. */
export const trivySample = {
  SchemaVersion: 2,
  Trivy: { Version: '0.76.0' },
  CreatedAt: '2026-11-20T10:00:00Z',
  ArtifactName: 'registry.example.com/shop:1.4.2',
  ArtifactType: 'container_image',
  Metadata: {
    OS: { Family: 'debian', Name: '13.1' },
    ImageID: `sha256:${'e'.repeat(64)}`,
    RepoDigests: [`registry.example.com/shop@${digest}`],
    ImageConfig: { architecture: 'amd64', os: 'linux', history: [{ created_by: 'RUN x' }] },
  },
  Results: [
    {
      Target: 'registry.example.com/shop:1.4.2 (debian 13.1)',
      Class: 'os-pkgs',
      Type: 'debian',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-1000',
          VendorIDs: ['DSA-1'],
          PkgName: 'libc6',
          PkgIdentifier: { PURL: 'pkg:deb/debian/libc6@2.41-1?arch=amd64' },
          InstalledVersion: '2.41-1',
          FixedVersion: '2.41-2',
          Status: 'fixed',
          SeveritySource: 'nvd',
          PrimaryURL: 'https://example.com/CVE-2026-1000',
          Title: 'libc6: out of bounds',
          Severity: 'HIGH',
          CVSS: { nvd: { V3Score: 8.1 }, redhat: { V3Score: 9.9 } },
        },
      ],
    },
    {
      Target: 'app/package-lock.json',
      Class: 'lang-pkgs',
      Packages: [{ ID: 'jest@30.0.0', Name: 'jest', Version: '30.0.0', Dev: true }],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-2000',
          PkgName: 'jest',
          InstalledVersion: '30.0.0',
          Severity: 'CRITICAL',
        },
      ],
    },
    {
      Target: 'Dockerfile',
      Class: 'config',
      MisconfSummary: { Successes: 20, Failures: 1 },
      Misconfigurations: [
        {
          ID: 'DS002',
          AVDID: 'AVD-DS-0002',
          Title: 'Image user should not be root',
          Severity: 'HIGH',
          Status: 'FAIL',
          CauseMetadata: { StartLine: 3 },
        },
        { ID: 'DS001', Title: 'latest', Severity: 'MEDIUM', Status: 'PASS' },
      ],
    },
    {
      Target: 'app/.env',
      Class: 'secret',
      Secrets: [
        {
          RuleID: 'aws-access-key-id',
          Title: 'AWS Access Key ID',
          Severity: 'CRITICAL',
          StartLine: 2,
          Match: 'KEY=****',
        },
      ],
    },
    {
      Target: 'OS Packages',
      Class: 'license',
      Licenses: [
        {
          Name: 'AGPL-3.0',
          Severity: 'CRITICAL',
          PkgName: 'ghostscript',
          Link: 'https://example.com',
        },
      ],
    },
  ],
};

export const trivyDigest = digest;
