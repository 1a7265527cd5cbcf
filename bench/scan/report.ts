import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const digest = `sha256:${'a'.repeat(64)}`;

/** What the report is of, as the input `digest=` wants it. */
export const benchDigest = digest;

/** Writes a report of Trivy with so many vulnerabilities of so many bytes each. */
export async function writeReport(path: string, findings: number, bytes: number): Promise<void> {
  await pipeline(Readable.from(pieces(findings, bytes)), createWriteStream(path));
}

function* pieces(findings: number, bytes: number): Iterable<string> {
  const head = {
    SchemaVersion: 2,
    ArtifactName: 'registry.example.com/shop:1',
    ArtifactType: 'container_image',
    Metadata: { RepoDigests: [`registry.example.com/shop@${digest}`] },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"Results":[{"Target":"registry.example.com/shop:1 (debian 13.1)","Class":"os-pkgs","Vulnerabilities":[`;
  for (let index = 0; index < findings; index += 1)
    yield (index === 0 ? '' : ',') + vulnerability(index, bytes);
  yield ']}]}';
}

function vulnerability(index: number, bytes: number): string {
  const name = `package-${index % 500}`;
  const entry = {
    VulnerabilityID: `CVE-2026-${10_000 + index}`,
    PkgID: `${name}@1.2.${index}`,
    PkgName: name,
    PkgIdentifier: { PURL: `pkg:deb/debian/${name}@1.2.${index}?arch=amd64` },
    InstalledVersion: `1.2.${index}`,
    FixedVersion: index % 3 === 0 ? '' : `1.3.${index}`,
    Status: index % 3 === 0 ? 'affected' : 'fixed',
    SeveritySource: 'nvd',
    PrimaryURL: `https://example.com/CVE-2026-${10_000 + index}`,
    Title: `${name}: something that should not be possible, number ${index}`,
    Severity: severities[index % severities.length],
    CVSS: {
      nvd: {
        V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        V3Score: (index % 100) / 10,
      },
    },
    References: [`https://example.com/a/${index}`, `https://example.com/b/${index}`],
    Description: '',
  };
  const words = `A "quoted" word, a line\nbreak, and more of the text. `.repeat(80);
  const length = bytes - JSON.stringify(entry).length;
  return JSON.stringify({ ...entry, Description: words.slice(0, Math.max(0, length - 20)) });
}
