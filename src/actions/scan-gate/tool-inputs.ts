import { block, choice, duration, flag, text } from '../../contract/input-fields';

/** Types of a scan, as trivy-action has them. */
export const scanTypes = ['image', 'fs', 'rootfs', 'repo', 'config', 'sbom'] as const;

/** What runs here; the names are those of trivy-action, and of TruffleHog's action, where these have the same. */
export const toolInputs = {
  tools: block(
    'Scanners to run, by line, space or comma: trivy, trufflehog, gitleaks; `name@1.2.3` asks for a version, `name@path` takes what is on PATH.',
    { fallback: '`trivy` when an input of Trivy is given, `trufflehog` when one of TruffleHog is' },
  ),
  'tool-mirror': text(
    'Base address that tools are downloaded from in place of `https://github.com`.',
    {
      pattern: {
        regex: /^https?:\/\/[^\s?#]+$/,
        format: 'Write an address that begins with https://.',
      },
    },
  ),
  'scan-type': choice(scanTypes, 'What Trivy scans.', {
    fallback: '`image` with `image-ref` or `input`, else `fs`',
  }),
  'image-ref': text('Image that Trivy scans; a tag is resolved to a digest first.'),
  input: text('Saved image (tar) that Trivy scans.'),
  'scan-ref': text('Path that Trivy scans.', { fallback: '`.`' }),
  scanners: block('What Trivy looks for: vuln, misconfig, secret, license.', {
    fallback: '`vuln,secret`; `misconfig` for `config`, `vuln` for `sbom`',
  }),
  severity: block(
    'Severities that fail, as trivy-action has them: UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL. The same as `fail-on` with the lowest of them.',
    { fallback: '`fail-on`' },
  ),
  trivyignores: block('Ignore files of Trivy, by line or comma; the same as in `ignores`.'),
  'skip-dirs': block('Folders that Trivy leaves out, by line or comma; every view names them.'),
  'skip-files': block('Files that Trivy leaves out, by line or comma; every view names them.'),
  timeout: duration('How long one run of a scanner may take.', { default: '5m' }),
  'cache-dir': text("Folder of Trivy's database.", {
    fallback: 'one that lasts as long as the job',
  }),
  version: text('Version of Trivy.', { fallback: 'the one that this release pins' }),
  offline: flag("Whether Trivy's database is taken as it is, and nothing is asked of the network."),
  path: text('Folder that TruffleHog and gitleaks scan.', { fallback: '`.`' }),
  base: text('Commit, branch or tag that the range of secret scans begins after.', {
    fallback: 'the event decides',
  }),
  head: text('Commit, branch or tag that the range of secret scans ends with.', {
    fallback: 'the event decides',
  }),
  results: block(
    'States that TruffleHog reports: verified, unknown, unverified, filtered_unverified.',
    { fallback: '`verified,unknown,unverified`' },
  ),
};
