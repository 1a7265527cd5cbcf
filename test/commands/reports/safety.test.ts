import { describe, expect, test } from '@jest/globals';
import { readSample } from '../../support/scan-samples';

describe('Safety', () => {
  test('check: severity from CVSS, and what its policy file ignores', async () => {
    const entry = {
      vulnerability_id: '51457',
      package_name: 'py',
      analyzed_version: '1.11.0',
      advisory: 'Py regexp',
      CVE: 'CVE-2022-42969',
      fixed_versions: [],
      severity: { cvssv3: { base_score: 7.5, base_severity: 'HIGH' } },
    };
    const report = {
      report_meta: { safety_version: '2.3.5', packages_found: 120 },
      vulnerabilities: [entry],
      ignored_vulnerabilities: [
        {
          ...entry,
          vulnerability_id: '2',
          ignored: true,
          ignored_reason: 'not used',
          severity: null,
        },
      ],
    };
    const { findings, facts } = await readSample('safety', report);
    expect(findings[0]).toMatchObject({
      severity: 'high',
      score: 7.5,
      rule: { aliases: ['CVE-2022-42969'] },
      suppressed: null,
    });
    expect(findings[1]).toMatchObject({ severity: 'unknown', suppressed: 'not used' });
    expect(facts).toMatchObject({ version: '2.3.5', targets: 120 });
    await expect(readSample('safety', [['py', '<=1']])).rejects.toThrow('no report of Safety');
  });

  test('scan: dependencies by project and file, the commit of a clean checkout, and what its policy ignores', async () => {
    const dependency = (name: string, known: readonly unknown[], recommended: string | null) => ({
      name,
      specifications: [
        {
          raw: `${name}==3.1.4`,
          vulnerabilities: { known_vulnerabilities: known, remediation: { recommended } },
        },
      ],
    });
    const known = { id: '84324', ignored: null, vulnerable_spec: '<3.1.5' };
    const ignored = { ...known, id: '2', ignored: { code: 'manual', reason: 'not used' } };
    const report = (dependencies: readonly unknown[], dirty = false) => ({
      meta: { schema_version: '3.0', telemetry: { safety_version: '3.6.1' } },
      scan_results: {
        files: [],
        projects: [
          {
            location: '/src/shop',
            git: { commit: 'a'.repeat(40), dirty },
            files: [{ location: '/src/shop/requirements.txt', results: { dependencies } }],
          },
        ],
      },
    });
    const dependencies = [
      dependency('werkzeug', [known, ignored], '3.1.5'),
      dependency('flask', [], null),
    ];
    const { findings, facts } = await readSample('safety', report(dependencies));
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatchObject({
      severity: 'unknown',
      target: 'requirements.txt',
      package: { purl: 'pkg:pypi/werkzeug@3.1.4', fixedIn: '3.1.5' },
      suppressed: null,
    });
    expect(findings[1]).toMatchObject({ rule: { id: '2' }, suppressed: 'not used' });
    expect(facts).toMatchObject({ version: '3.6.1', targets: 2, commits: ['a'.repeat(40)] });
    const changed = await readSample('safety', report(dependencies, true));
    expect(changed.facts.commits).toEqual([]);
    const empty = await readSample('safety', report([]));
    expect(empty.facts.targets).toBe(0);
    for (const broken of [{ name: 'flask' }, { specifications: [] }, dependency('x', [{}], null)])
      await expect(readSample('safety', report([broken]))).rejects.toThrow('no report of Safety');
  });
});
