import { describe, expect, test } from '@jest/globals';
import { planScans, type ToolInputs } from '../../../src/actions/scan-gate/plan-scans';
import { pinnedVersions } from '../../../src/domain/scan/pinned-tools';

const none: ToolInputs = {
  tools: '',
  'tool-mirror': undefined,
  'scan-type': undefined,
  'image-ref': undefined,
  input: undefined,
  'scan-ref': undefined,
  scanners: '',
  severity: '',
  trivyignores: '',
  'skip-dirs': '',
  'skip-files': '',
  timeout: 300_000,
  'cache-dir': undefined,
  version: undefined,
  offline: false,
  path: undefined,
  base: undefined,
  head: undefined,
  results: '',
};
const plan = (given: Partial<ToolInputs>) => planScans({ ...none, ...given });

describe('what runs', () => {
  test('nothing, where nothing is asked for', () => {
    expect(plan({})).toMatchObject({ plan: { scans: [] }, problems: [] });
  });

  test.each<[string, Partial<ToolInputs>, unknown]>([
    ['trivy alone: the checkout', { tools: 'trivy' }, { kind: 'fs', path: '.' }],
    ['an image', { 'image-ref': 'shop:1' }, { kind: 'image', reference: 'shop:1' }],
    ['a saved image', { input: 'shop.tar' }, { kind: 'archive', path: 'shop.tar' }],
    ['a folder', { 'scan-ref': 'app' }, { kind: 'fs', path: 'app' }],
    ['configuration', { 'scan-type': 'config' }, { kind: 'config', path: '.' }],
  ])('%s', (_what, given, target) => {
    const { plan: planned, problems } = plan(given);
    expect(problems).toEqual([]);
    expect(planned.scans).toMatchObject([{ tool: 'trivy', target }]);
  });

  test('what Trivy looks for, by what it looks at', () => {
    const scanners = (given: Partial<ToolInputs>) => {
      const [scan] = plan(given).plan.scans;
      return scan?.tool === 'trivy' ? scan.scanners : [];
    };
    expect(scanners({ tools: 'trivy' })).toEqual(['vuln', 'secret']);
    expect(scanners({ 'scan-type': 'config' })).toEqual(['misconfig']);
    expect(scanners({ 'scan-type': 'sbom' })).toEqual(['vuln']);
    expect(scanners({ tools: 'trivy', scanners: 'license, vuln' })).toEqual(['vuln', 'license']);
  });

  test('TruffleHog where a range is given, gitleaks where it is named', () => {
    expect(plan({ base: 'main' }).plan.scans).toMatchObject([{ tool: 'trufflehog', base: 'main' }]);
    expect(plan({ tools: 'gitleaks', base: 'main' }).plan.scans).toMatchObject([
      { tool: 'gitleaks', base: 'main' },
    ]);
    expect(plan({ tools: 'trufflehog', results: 'verified' }).plan.scans).toMatchObject([
      { results: ['verified'] },
    ]);
  });

  test('in the versions that are pinned, unless others are asked for', () => {
    const versions = (tools: string, version?: string) => plan({ tools, version }).plan.versions;
    expect(versions('trivy')['trivy']).toEqual({ exact: pinnedVersions.trivy });
    expect(versions('trivy', 'v0.70.0')['trivy']).toEqual({ exact: '0.70.0' });
    expect(versions('gitleaks@8.1.2, trufflehog@path')).toMatchObject({
      gitleaks: { exact: '8.1.2' },
      trufflehog: 'path',
    });
  });
});

describe('what is refused, with its input', () => {
  test.each<[string, Partial<ToolInputs>, string]>([
    ['input tools', { tools: 'grype' }, '"grype" is no tool'],
    ['input tools', { tools: 'trivy trivy' }, 'listed twice'],
    ['input tools', { tools: 'trivy@latest' }, '"latest" is no exact version'],
    ['input version', { tools: 'trivy', version: '0.70' }, '"0.70" is no exact version'],
    ['input version', { tools: 'gitleaks', version: '0.70.0' }, 'Trivy, which does not run'],
    ['input base', { tools: 'trivy', base: 'main' }, 'which do not run here'],
    ['input input', { 'image-ref': 'a', input: 'b.tar' }, 'there is image-ref too'],
    ['input scan-type', { 'image-ref': 'a', 'scan-type': 'fs' }, 'an image is given'],
    ['input scan-type', { 'scan-type': 'image' }, 'no image is given'],
    ['input scan-ref', { 'image-ref': 'a', 'scan-ref': 'b' }, 'no part of a scan of an image'],
    ['input image-ref', { 'image-ref': 'A B' }, 'is no image'],
    ['input scanners', { 'scan-type': 'config', scanners: 'vuln' }, 'vuln cannot be asked'],
    ['input results', { tools: 'trufflehog', results: 'some' }, 'some is no state'],
  ])('%s of %j', (path, given, says) => {
    expect(plan(given).problems).toContainEqual({
      path,
      says: expect.stringContaining(says),
      fix: expect.any(String),
    });
  });
});
